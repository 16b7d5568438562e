"""Having the newest checkpoint of a home's log seen by its witnesses."""

from __future__ import annotations

from habeas.errors import BadInput
from habeas.ledger.cosigning import Seen, gather, witnesses_of
from habeas.ledger.log import Log


def witness_log(log: Log) -> Seen | None:
    """Ask the witnesses this log's owner named; None if there are none.

    Raises BadInput if too few signed and the owner decided to stop without them: what was done is
    in the log then, and has no receipt until enough have seen it. NotVerified if a witness has
    seen more of the log than there is.
    """
    witnesses = witnesses_of(log.folder)
    if witnesses is None:
        return None
    seen = gather(log, witnesses)
    if not seen.enough and witnesses.without_quorum == "stop":
        names = ", ".join(sorted(seen.silent))
        raise BadInput(
            f"too few witnesses have seen the log ({names} did not sign)",
            remedy="ask them again with `habeas log cosign`, or let it go on without: "
            "`habeas log witnesses --without-quorum go_on`",
        )
    return seen
