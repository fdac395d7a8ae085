from django.urls import path

from feedback.callbacks import views

app_name = "callbacks"
urlpatterns = [
    path("", views.queue, name="list"),
    path("<int:key>/", views.detail, name="detail"),
    path("<int:key>/claim/", views.claim, name="claim"),
    path("<int:key>/release/", views.release, name="release"),
    path("<int:key>/finish/", views.finish, name="finish"),
    path("<int:key>/missed/", views.missed, name="missed"),
    path("<int:key>/refuse/", views.refuse, name="refuse"),
    path("<int:key>/reveal/", views.reveal, name="reveal"),
]
