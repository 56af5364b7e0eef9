"""The one gate that every event passes: deny by default, and never across sessions.

Any client can call any public handler of any State, so rights are checked here, once, before a handler runs. What a
handler then reads, services check again.
"""

import logging
from collections.abc import Awaitable, Callable

from reflex.app import App
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, FrontendEventExceptionState, OnLoadInternalState, State, StateUpdate
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext

from sgapp.domain.permissions import Actor
from sgapp.ui import offload
from sgapp.ui.session import ANYONE, SessionState, current_actor, fingerprint_of

log = logging.getLogger("sgapp.gate")

OURS = "sgapp."
#: What a State binds to when nobody is signed in; the empty string means "not bound yet".
NOBODY_BOUND = "-"
#: As the page knows the var that tells it to begin anew.
NOT_HERS = "not_hers_rx_state_"
#: The framework's handlers that a page needs. `update_vars_internal` is not among them: no client storage is used here.
FRAMEWORK: frozenset[tuple[type[BaseState], str]] = frozenset(
    {
        (State, "hydrate"),
        (State, "hydrate_and_load"),
        (State, "set_is_hydrated"),
        (OnLoadInternalState, "on_load_internal"),
        (OnLoadInternalState, "set_is_hydrated"),
        (FrontendEventExceptionState, "handle_frontend_exception"),
    }
)
#: These open a page: they may rebind a State tree to another session, because they load and send it whole.
_OPENING = frozenset({"hydrate", "hydrate_and_load"})

# Its default list makes Reflex answer some client errors with a script, which our content policy forbids to run.
FrontendEventExceptionState.auto_reload_on_errors = []

RefusedHook = Callable[[Actor | None, str], Awaitable[None]]


def target_of(name: str) -> tuple[type[BaseState] | None, str]:
    """The State class and handler an event's name stands for; None for a name nobody registered."""
    known = RegistrationContext.get().event_handlers.get(name)
    return (known.states[0] if known else None), name.rpartition(".")[2]


def allowed_roles(state_class: type[BaseState], handler: str) -> frozenset[str]:
    """Who may call a handler: role names, or `anyone`. Empty for whatever was not declared."""
    if handler == "setvar" or handler.startswith("_"):
        return frozenset()
    if (state_class, handler) in FRAMEWORK:
        return frozenset({ANYONE})
    if not state_class.__module__.startswith(OURS):
        return frozenset()
    return frozenset(getattr(state_class, "_allowed", ()))


def _is_open(state_class: type[BaseState], actor: Actor) -> bool:
    """Whoever has not set up her second factor yet may do that, and nothing else."""
    return not actor.limited or getattr(state_class, "_for_limited", False)


async def record_refused(actor: Actor | None, name: str) -> None:
    """Put a refused event on the audit chain."""
    from sgapp.services.guard import record_refusal
    from sgapp.services.house import NOBODY, house, now

    await offload.run(record_refusal, house(), actor or NOBODY, f"event:{name}", "", now())


class Gate(Middleware):
    """Reflex calls `preprocess` before every event, chained and on-load events included."""

    def __init__(self, on_refused: RefusedHook = record_refused) -> None:
        self.on_refused = on_refused

    async def preprocess(self, app: App, state: BaseState, event: Event) -> StateUpdate | None:  # noqa: ARG002 - as called
        """None lets the event through; an empty update ends it without a trace on the page."""
        state_class, handler = target_of(event.name)
        root = state._get_root_state()
        actor = await current_actor(root)
        opening = state_class is State and handler in _OPENING
        same_session, begins_anew = await self._bind(root, opening=opening)
        if begins_anew:
            # An open page whose socket came back, or a tab in which somebody else goes on: it begins anew, then it is theirs.
            return StateUpdate(delta={SessionState.get_full_name(): {NOT_HERS: True}})
        if state_class is not None and same_session:
            roles = allowed_roles(state_class, handler)
            if ANYONE in roles or (actor is not None and str(actor.role) in roles and _is_open(state_class, actor)):
                return None
        await self._refuse(actor, f"{state_class.__name__}.{handler}" if state_class else "unknown")
        return StateUpdate()

    async def _bind(self, root: BaseState, *, opening: bool) -> tuple[bool, bool]:
        """Tie the State tree to the session of this socket.

        Whether it may serve it; and whether this is a page that opens in another session than the one it was tied to.
        """
        session = await root.get_state(SessionState)
        wanted = fingerprint_of(root) or NOBODY_BOUND
        if session._bound == wanted:
            return True, False
        # A token of another session, or a tree of which a part has expired: nothing in it may be shown to this one.
        was_bound, was_hers = bool(session._bound), session._bound not in ("", NOBODY_BOUND)
        await _load_all(root, type(root))
        root.reset()
        session = await root.get_state(SessionState)
        begins_anew = opening and was_hers and wanted != NOBODY_BOUND
        serves = not begins_anew and (opening or not was_bound)
        # What is not served stays nobody's, so that only the opening of a page makes it somebody's again.
        session._bound = wanted if serves else NOBODY_BOUND
        return serves, begins_anew

    async def _refuse(self, actor: Actor | None, name: str) -> None:
        log.warning("refused %s for %s", name, actor.role if actor else "nobody")
        try:
            await self.on_refused(actor, name)
        except Exception as error:
            # The refusal stands whether or not it could be recorded.
            log.error("a refusal was not recorded: %s", type(error).__name__)


async def _load_all(root: BaseState, state_class: type[BaseState]) -> None:
    """Bring every substate into the tree, so that resetting it resets what lies in Redis as well."""
    for child in state_class.get_substates():
        await root.get_state(child)
        await _load_all(root, child)
