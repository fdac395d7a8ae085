from django.urls import path

from cxorders.transfer.views import exports, files, pages

app_name = "transfer"
urlpatterns = [
    path("", pages.batch_list, name="list"),
    path("new/", pages.new, name="new"),
    path("template/<str:kind>/", files.template, name="template"),
    path("export/<str:code>/", exports.export, name="export"),
    path("<str:number>/", pages.detail, name="detail"),
    path("<str:number>/columns/", pages.columns, name="columns"),
    path("<str:number>/progress/", pages.progress, name="progress"),
    path("<str:number>/load/", pages.load, name="load"),
    path("<str:number>/discard/", pages.throw_away, name="discard"),
    path("<str:number>/undo/", pages.undo, name="undo"),
    path("<str:number>/errors/", files.errors, name="errors"),
    path("<str:number>/file/", files.original, name="file"),
]
