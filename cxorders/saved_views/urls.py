from django.urls import path

from cxorders.saved_views import views

app_name = "saved_views"
urlpatterns = [
    path("<str:list_name>/", views.shelf, name="list"),
    path("<str:list_name>/save/", views.save, name="save"),
    path("<str:list_name>/rename/", views.rename, name="rename"),
    path("<str:list_name>/delete/", views.delete, name="delete"),
    path("<str:list_name>/usual/", views.usual, name="usual"),
    path("<str:list_name>/share/", views.share, name="share"),
]
