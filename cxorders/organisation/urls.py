from django.contrib.auth import views as auth
from django.urls import path

from cxorders.organisation.views import calendars, people, preferences, roles, units

app_name = "organisation"
urlpatterns = [
    path("login/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("language/", preferences.switch_language, name="switch_language"),
    path("role/", preferences.switch_grant, name="switch_grant"),
    path("me/", preferences.profile, name="profile"),
    path("me/password/", preferences.password_change, name="password_change"),
    path("me/password/done/", preferences.password_change_done, name="password_change_done"),
    path("organisation/", units.units, name="units"),
    path("organisation/units/<int:pk>/", units.unit, name="unit"),
    path("organisation/units/<int:pk>/open/", units.open_unit, name="open_unit"),
    path("organisation/units/<int:pk>/rename/", units.rename_unit, name="rename_unit"),
    path("organisation/units/<int:pk>/close/", units.close_unit, name="close_unit"),
    path("organisation/units/<int:pk>/windows/", units.set_windows, name="set_windows"),
    path("organisation/units/<int:pk>/windows/clear/", units.clear_windows, name="clear_windows"),
    path("organisation/people/", people.people, name="people"),
    path("organisation/people/add/", people.add_person, name="add_person"),
    path("organisation/people/<int:pk>/", people.person, name="person"),
    path("organisation/people/<int:pk>/edit/", people.edit, name="edit_person"),
    path("organisation/people/<int:pk>/password/", people.reset_password, name="reset_password"),
    path("organisation/people/<int:pk>/grants/", people.give_grant, name="give_grant"),
    path("organisation/people/<int:pk>/grants/<int:grant>/end/", people.end_grant, name="end_grant"),
    path("organisation/people/<int:pk>/grants/<int:grant>/transfer/", people.transfer, name="transfer"),
    path("organisation/people/<int:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("organisation/calendar/", calendars.calendar, name="calendar"),
    path("organisation/calendar/days/", calendars.set_day, name="set_day"),
    path("organisation/calendar/days/file/", calendars.load_days, name="load_days"),
    path("organisation/calendar/days/<int:pk>/drop/", calendars.drop_day, name="drop_day"),
    path("organisation/roles/", roles.roles, name="roles"),
]
