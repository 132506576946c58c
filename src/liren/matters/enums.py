"""Closed vocabularies of the matter engine."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(TextChoices):
    """Where a matter stands."""

    SUBMITTED = "submitted", _("waiting to be accepted")
    HANDLING = "handling", _("being handled")
    WHISTLED = "whistled", _("with a department or partner")
    SUSPENDED = "suspended", _("suspended")
    CHECKING = "checking", _("to be verified")
    ANSWERING = "answering", _("waiting for the resident's answer")
    CLOSED = "closed", _("closed")


class Ending(TextChoices):
    """How a closed matter ended."""

    SOLVED = "solved", _("solved")
    EXPLAINED = "explained", _("explained")
    UNREACHABLE = "unreachable", _("handled; the reporter could not be reached")
    OUTSIDE = "outside", _("outside our authority")
    WITHDRAWN = "withdrawn", _("withdrawn by the reporter")
    MERGED = "merged", _("merged with another matter")


class PublicState(TextChoices):
    """The five states a resident sees."""

    RECEIVED = "received", _("received")
    HANDLING = "handling", _("being handled")
    ANSWER = "answer", _("waiting for your answer")
    SOLVED = "solved", _("solved")
    OUTSIDE = "outside", _("not ours to decide")
    ENDED = "ended", _("ended")


class Origin(TextChoices):
    """How a need reached us; all have equal rights."""

    WEB = "web", _("web page")
    QR = "qr", _("QR code at the entrance")
    PHONE = "phone", _("telephone")
    PAPER = "paper", _("paper")
    DOOR = "door", _("at the door")
    STATION = "station", _("at the station")
    HOTLINE = "hotline", _("hotline ticket")
    LEADER = "leader", _("noticed by a leader")
    ROOT = "root", _("root cause of recurring matters")


class External(TextChoices):
    """The systems that hand tickets down, with numbers and limits of their own."""

    HOTLINE = "12345", _("12345 hotline")
    MAILBOX = "mailbox", _("online mailbox")
    CITY = "city", _("digital urban management")
    PETITION = "petition", _("letters and visits")
    OTHER = "other", pgettext_lazy("source of tickets", "another system")


class Verb(TextChoices):
    """Everything that can be done to a matter. The table in ``rules`` says when and by whom."""

    REPORT = "report", _("reported")
    ACCEPT = "accept", _("accepted")
    PASS_UP = "pass_up", _("passed up")
    ASSIGN = "assign", _("sent to")
    CATEGORISE = "categorise", _("category changed")
    WHISTLE = "whistle", _("whistled for")
    ACKNOWLEDGE = "acknowledge", _("acknowledged")
    ARRIVE = "arrive", _("reported in")
    DISPUTE = "dispute", _("disputed the assignment")
    UPHOLD = "uphold", _("dispute upheld")
    REJECT_DISPUTE = "reject_dispute", _("dispute rejected")
    RECALL = "recall", _("called back")
    SUSPEND = "suspend", _("suspended")
    RESUME = "resume", _("resumed")
    ASK_EXTENSION = "ask_extension", _("asked for more time")
    GRANT_EXTENSION = "grant_extension", _("more time granted")
    REFUSE_EXTENSION = "refuse_extension", _("more time refused")
    HANDLE = "handle", _("handled")
    EXPLAIN = "explain", _("explained")
    VERIFY = "verify", _("verified on the spot")
    VERIFY_FAILED = "verify_failed", _("verification found it not done")
    ANSWER_SOLVED = "answer_solved", _("the reporter says: solved")
    ANSWER_NOT_SOLVED = "answer_not_solved", _("the reporter says: not solved")
    HEARD_SOLVED = "heard_solved", _("the reporter said, written down: solved")
    HEARD_NOT_SOLVED = "heard_not_solved", _("the reporter said, written down: not solved")
    TRY_REACH = "try_reach", _("tried to reach the reporter")
    CLOSE_UNREACHABLE = "close_unreachable", _("closed, the reporter could not be reached")
    REFER_OUTSIDE = "refer_outside", _("outside our authority")
    WITHDRAW = "withdraw", _("withdrawn")
    REOPEN = "reopen", _("reopened")
    MERGE = "merge", _("merged")
    UNMERGE = "unmerge", _("merge undone")
    SPLIT = "split", _("part split off")
    ADD = "add", _("added")
    COMMENT = "comment", _("noted")
    REMIND = "remind", _("reminded")
    SUPERVISE = "supervise", _("supervised")
    RATE = "rate", _("rated")
    REVEAL = "reveal", _("looked at the reporter's telephone number")
    SEND_BACK = "send_back", _("answer sent back")
    UNSEND = "unsend", _("answer taken back")
    RECOMPUTE = "recompute", _("limit counted anew")
    ERASE = "erase", _("personal data removed")


class Role(TextChoices):
    """What somebody is to one matter; computed for each actor, never stored."""

    REPORTER = "reporter", _("reporter")
    HOLDER = "holder", _("holder")
    OFFICE = "office", _("community office")
    CALLED = "called", _("called department or partner")
    CHIEF = "chief", _("secretary")
    ABOVE = "above", _("level above")
    LEADER = "leader", _("leader of the place")
    FOLLOWER = "follower", _("follower")
    SYSTEM = "system", _("system")


class Unit(TextChoices):
    """Units of a time limit; manuals mix them (GB/T 30428)."""

    WORKING_HOURS = "working_hours", pgettext_lazy("unit", "working hours")
    WORKING_DAYS = "working_days", pgettext_lazy("unit", "working days")
    CALENDAR_HOURS = "calendar_hours", pgettext_lazy("unit", "hours")


class LinkKind(TextChoices):
    """How two matters belong together."""

    DUPLICATE_OF = "duplicate_of", _("duplicate of")
    PART_OF = "part_of", _("part of")
    FOLLOWS_FROM = "follows_from", _("follows from")


class WhistleState(TextChoices):
    """Where a whistle stands."""

    SENT = "sent", _("sent")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    ARRIVED = "arrived", _("reported in")
    DISPUTED = "disputed", _("disputed")
    DONE = "done", _("done")
    ENDED = "ended", _("ended")


class SuspendCause(TextChoices):
    """The stated causes for which the clock may stand still."""

    REPORTER = "reporter", _("waiting for the reporter")
    WEATHER = "weather", _("weather")
    SEASON = "season", _("can only be done in another season")
    CONSENT = "consent", _("neighbours' consent needed")
    PROCEDURE = "procedure", _("a legal procedure is running")
    PARTS = "parts", _("parts on order")
