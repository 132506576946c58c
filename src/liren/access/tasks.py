"""Jobs of the gate: sealing the audit, forgetting old rate-limit buckets."""

import logging

from procrastinate.contrib.django import app

from . import limits, seal

log = logging.getLogger(__name__)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="access.seal_audit", lock="access.seal_audit")
def seal_audit(timestamp: int) -> int:
    """Seal what became final since the last time."""
    try:
        return seal.seal()
    except seal.RestoredElsewhereError as error:
        log.error("the audit is not sealed: %s; run `liren audit restored`", error)
        return 0


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="access.forget_buckets")
def forget_buckets(timestamp: int) -> int:
    """Delete rate-limit buckets that have leaked empty."""
    return limits.forget_old()
