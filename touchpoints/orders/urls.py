from django.urls import path

from touchpoints.orders.views import listing, pages, steps

app_name = "orders"
urlpatterns = [
    path("", listing.order_list, name="list"),
    path("new/", pages.order_new, name="new"),
    path("new/customers/", pages.find_customers, name="find_customers"),
    path("<str:number>/", pages.order_detail, name="detail"),
    path("<str:number>/accept/", steps.accept, name="accept"),
    path("<str:number>/reject/", steps.reject, name="reject"),
    path("<str:number>/suspend/", steps.suspend, name="suspend"),
    path("<str:number>/resume/", steps.resume, name="resume"),
    path("<str:number>/cancel/", steps.cancel, name="cancel"),
    path("<str:number>/reopen/", steps.reopen, name="reopen"),
    path("<str:number>/households/", steps.household_add, name="household_add"),
    path("<str:number>/households/paste/", steps.household_paste, name="household_paste"),
    path("<str:number>/evidence/<int:evidence_id>/", pages.evidence_photo, name="evidence"),
    path("<str:number>/stages/<int:stage_id>/complete/", steps.stage_complete, name="stage_complete"),
    path("<str:number>/stages/<int:stage_id>/fail/", steps.stage_fail, name="stage_fail"),
    path("<str:number>/stages/<int:stage_id>/retry/", steps.stage_retry, name="stage_retry"),
    path("<str:number>/stages/<int:stage_id>/skip/", steps.stage_skip, name="stage_skip"),
    path("<str:number>/stages/<int:stage_id>/decide/", steps.stage_decide, name="stage_decide"),
    path("<str:number>/stages/<int:stage_id>/pause/", steps.stage_pause, name="stage_pause"),
    path("<str:number>/stages/<int:stage_id>/approve-pause/", steps.stage_approve_pause, name="stage_approve_pause"),
    path("<str:number>/stages/<int:stage_id>/resume/", steps.stage_resume, name="stage_resume"),
    path("<str:number>/stages/<int:stage_id>/assign/", steps.stage_assign, name="stage_assign"),
    path("<str:number>/stages/<int:stage_id>/take/", steps.stage_take, name="stage_take"),
    path("<str:number>/stages/<int:stage_id>/appoint/", steps.stage_appoint, name="stage_appoint"),
]
