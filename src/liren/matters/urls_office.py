"""The desk's addresses of the matter engine, below /office/."""

from django.urls import path

from .views.office import categories, hotline, matter, posters, record, root
from .views.office import list as listing
from .views.office import map as overview

app_name = "matters_office"
urlpatterns = [
    path("matters/", listing.listing, name="list"),
    path("matters/<uuid:pk>/", matter.page, name="matter"),
    path("matters/accept/", listing.accept_many, name="accept_many"),
    path("map/", overview.overview, name="map"),
    path("record/", record.record, name="record"),
    path("record/leaders/", record.leaders, name="leaders"),
    path("record/hints/", record.hints, name="hints"),
    path("record/<uuid:pk>/receipt/", record.receipt, name="receipt"),
    path("hotline/", hotline.listing, name="hotline"),
    path("hotline/new/", hotline.new, name="hotline_new"),
    path("hotline/take/", hotline.take, name="hotline_take"),
    path("hotline/sheet/", hotline.sheet, name="hotline_sheet"),
    path("hotline/sent/", hotline.send_back, name="hotline_sent"),
    path("hotline/<uuid:pk>/", hotline.reply, name="hotline_reply"),
    path("hotline/<uuid:pk>/unsend/", hotline.unsend, name="hotline_unsend"),
    path("root/", root.overview, name="roots"),
    path("root/open/", root.root, name="root"),
    path("categories/", categories.overview, name="categories"),
    path("categories/new/", categories.new, name="category_new"),
    path("categories/<str:key>/", categories.one, name="category"),
    path("categories/<str:key>/restore/", categories.restore, name="category_restore"),
    path("posters/", posters.overview, name="posters"),
    path("posters/pdf/", posters.pdf, name="posters_pdf"),
    path("places/", listing.places, name="places"),
    path("matters/undo/<str:token>/", matter.undo, name="undo"),
    path("matters/<uuid:pk>/similar/", matter.similar, name="similar"),
    path("matters/<uuid:pk>/release/", matter.release, name="release"),
    path("matters/<uuid:pk>/reveal/", matter.reveal, name="reveal"),
    path("matters/<uuid:pk>/photo/<uuid:photo>/<slug:size>/", matter.photo, name="photo"),
    path("matters/<uuid:pk>/<slug:verb>/", matter.do, name="do"),
]
