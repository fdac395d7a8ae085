from django.urls import path

from touchpoints.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("", views.map_page, name="map"),
    path("<str:code>/questions/", views.question_add, name="question_add"),
    path("questions/<str:code>/retire/", views.question_retire, name="question_retire"),
    path("categories/<str:code>/department/", views.category_move, name="category_move"),
]
