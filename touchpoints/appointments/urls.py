from django.urls import path

from touchpoints.appointments.views import pages, steps

app_name = "appointments"
urlpatterns = [
    path("", pages.board, name="board"),
    path("day/", pages.crew_day, name="day"),
    path("crews/<int:crew_id>/<str:day>/<str:half>/", pages.half_day, name="half_day"),
    path("crews/<int:crew_id>/<str:day>/<str:half>/places/", steps.set_places, name="set_places"),
    path("book/<str:number>/<int:stage_id>/", steps.book, name="book"),
    path("<str:number>/", pages.detail, name="detail"),
    path("<str:number>/confirm/", steps.confirm, name="confirm"),
    path("<str:number>/reschedule/", steps.reschedule, name="reschedule"),
    path("<str:number>/cancel/", steps.cancel, name="cancel"),
    path("<str:number>/arrive/", steps.arrive, name="arrive"),
    path("<str:number>/no-access/", steps.no_access, name="no_access"),
    path("<str:number>/photo/", pages.door_photo, name="photo"),
]
