"""The one way in which a refusal of the rules leaves a workflow."""

from __future__ import annotations

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from schemas.reason import Reason


def refused(reason: Reason) -> ApplicationError:
    """Return the error that refuses one update and touches nothing else.

    Its type is the error kind, its detail the coded reason; the sentence is made where it is read. Any other
    exception in a handler is a bug and rightly stops the workflow until the code is mended.
    """
    return ApplicationError(
        reason.code,
        reason.model_dump(mode="json"),
        type=reason.kind.value,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )
