from django.urls import path

from cxorders.customers.views import account, merging, pages

app_name = "customers"
urlpatterns = [
    path("", pages.customer_list, name="list"),
    path("new/", pages.customer_new, name="new"),
    path("<str:number>/", pages.customer_detail, name="detail"),
    path("<str:number>/phone/", pages.customer_reveal, name="reveal"),
    path("<str:number>/phone/<str:whose>/", pages.customer_reveal_other, name="reveal_other"),
    path("<str:number>/calls/", account.calls, name="calls"),
    path("<str:number>/people/", account.member_add, name="member_add"),
    path("<str:number>/people/<int:key>/end/", account.member_end, name="member_end"),
    path("<str:number>/premises/", account.premises_add, name="premises_add"),
    path("<str:number>/premises/<int:key>/end/", account.premises_end, name="premises_end"),
    path("<str:number>/care/", account.care_add, name="care_add"),
    path("<str:number>/care/<int:key>/end/", account.care_end, name="care_end"),
    path("<str:number>/hints/", account.hint_add, name="hint_add"),
    path("<str:number>/hints/<int:key>/end/", account.hint_end, name="hint_end"),
    path("<str:number>/merge/<str:other>/", merging.compare, name="merge"),
    path("<str:number>/merges/<int:key>/undo/", merging.undo, name="unmerge"),
]
