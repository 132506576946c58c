"""How partners' things are called and coloured on a page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .enums import ApplicationState, CallState, GiftState, LetterState, ProjectState
from .rules import Door, Standing

STANDINGS: dict[Standing, tuple[str, Promise]] = {
    Standing.DRAFT: ("off", pgettext_lazy("agreement", "draft")),
    Standing.AHEAD: ("info", pgettext_lazy("agreement", "signed, begins later")),
    Standing.IN_FORCE: ("ok", pgettext_lazy("agreement", "in force")),
    Standing.SOON_OVER: ("wait", pgettext_lazy("agreement", "ends soon")),
    Standing.OVER: ("off", pgettext_lazy("agreement", "run out")),
    Standing.ENDED: ("off", pgettext_lazy("agreement", "ended early")),
    Standing.DROPPED: ("off", pgettext_lazy("agreement", "dropped")),
}
DOORS: dict[Door, tuple[str, Promise]] = {
    Door.OPEN: ("now", _("applications welcome")),
    Door.NOT_YET: ("info", _("opens soon")),
    Door.OVER: ("off", _("last day has passed")),
    Door.CLOSED: ("off", pgettext_lazy("partner call", "closed")),
    Door.FULL: ("off", _("enough partners found")),
}
TONES: dict[str, str] = {
    CallState.DRAFT: "off",
    CallState.OPEN: "now",
    CallState.CLOSED: "off",
    ApplicationState.WAITING: "wait",
    ApplicationState.ACCEPTED: "ok",
    ApplicationState.DECLINED: "off",
    ApplicationState.WITHDRAWN: "off",
    ProjectState.RUNNING: "now",
    ProjectState.DELIVERED: "wait",
    ProjectState.CONFIRMED: "ok",
    GiftState.PROMISED: "info",
    LetterState.ASKED: "wait",
    LetterState.ISSUED: "ok",
}
