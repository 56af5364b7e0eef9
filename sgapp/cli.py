"""The `sgapp` command. Each sub-command says what it did; long ones show how far they are."""

import json
import multiprocessing
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.console import Console

from sgapp.domain.errors import Invalid, NotFound, SgappError
from sgapp.domain.permissions import Role
from sgapp.domain.time import from_london
from sgapp.services import sessions
from sgapp.services.audit import verify_audit
from sgapp.services.demo import demo_accounts, load_demo
from sgapp.services.health import readiness
from sgapp.services.house import SYSTEM, House, WrongMasterKey, house, now
from sgapp.services.post import deliver_due, ways_out
from sgapp.services.sweep import sweep

app = typer.Typer(help="Visit notes that become decisions, referrals, receipts and outcomes.", no_args_is_help=True,
                  pretty_exceptions_enable=False)
user = typer.Typer(help="Accounts.", no_args_is_help=True)
audit = typer.Typer(help="The audit chain.", no_args_is_help=True)
app.add_typer(user, name="user")
app.add_typer(audit, name="audit")
out = Console(highlight=False, soft_wrap=True)


def ready_house() -> House:
    """This process's house, its database brought to this version."""
    found = house()
    try:
        found.prepare()
    except WrongMasterKey as error:
        raise stop(str(error)) from error
    return found


def stop(message: str) -> typer.Exit:
    out.print(message, style="bold")
    return typer.Exit(1)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Processes; more than one needs PostgreSQL and Redis.")] = 1,
    demo: Annotated[bool, typer.Option("--demo", help="Load the demo organisation first.")] = False,
    cert: Annotated[Optional[Path], typer.Option(help="Certificate file, for https on real phones.")] = None,  # noqa: UP045
    key: Annotated[Optional[Path], typer.Option(help="Its private key file.")] = None,  # noqa: UP045
) -> None:
    """Serve pages and API on one port."""
    os.environ.setdefault("SGAPP_PUBLIC_URL", f"{'https' if cert else 'http'}://localhost:{port}")
    from sgapp.serving import CannotServe
    from sgapp.serving import serve as run

    found = ready_house()
    if workers > 1 and not (found.settings.database_url and found.settings.redis_url):
        raise stop("More than one process needs PostgreSQL and Redis: set SGAPP_DATABASE_URL and SGAPP_REDIS_URL.")
    if demo:
        _load_demo_apart(found)
    token = sessions.make_set_up_token(found, now=now())
    if token is not None:
        out.print("No accounts yet. Make the first administrator here, once, within 24 hours:")
        out.print(f"  {found.settings.public_url}/set-up?token={token}")
    out.print(f"Serving on {found.settings.public_url}")
    try:
        run(host=host, port=port, workers=workers, cert=cert, key=key)
    except CannotServe as error:
        raise stop(str(error)) from error


@app.command()
def migrate() -> None:
    """Bring the database to this version."""
    ready_house()
    out.print("The database is of this version.")


@app.command()
def doctor() -> None:
    """Say what is wrong, and how to mend it. Exits 1 if something is."""
    found = house()
    reasons = readiness(found)
    for reason in reasons:
        out.print(f"not well: {reason}")
    if reasons:
        raise typer.Exit(1)
    result = verify_audit(found, now=now())
    if not result.sound:
        raise stop(f"not well: the audit chain breaks at {result.first_bad}")
    out.print(f"well: database, keys and {result.events} audit events")


@app.command()
def demo(logins: Annotated[bool, typer.Option("--logins", help="Print the accounts as JSON lines.")] = False) -> None:
    """Load the demo organisation into an empty database, or set a demo's passwords again."""
    found = ready_house()
    _load_demo(found, quiet=logins)
    if logins:
        for account in demo_accounts(found, now=now()):
            line = {"role": account.role, "username": account.username, "password": account.password}
            typer.echo(json.dumps(line))


def _load_demo_apart(found: House) -> None:
    """Load it in a process of its own. Loading makes letters, and the threads that make a PDF do not come along into the forks
    that serve: those would wait for them for ever.
    """
    found.engine.dispose()
    apart = multiprocessing.get_context("fork").Process(target=_load_demo, args=(found,))
    apart.start()
    apart.join()
    if apart.exitcode:
        raise typer.Exit(apart.exitcode)


def _load_demo(found: House, *, quiet: bool = False) -> None:
    from sgapp.services.demo_history import load_history

    try:
        if load_demo(found, now=now()):
            load_history(found, now=now())
            message = "The demo organisation is loaded; everyone in it is invented."
        else:
            message = "The demo organisation is here already."
    except SgappError as error:
        raise stop(str(error)) from error
    if not quiet:
        out.print(message)


@app.command()
def bench(
    name: Annotated[Optional[str], typer.Argument(help="Which one; all without a name.")] = None,  # noqa: UP045
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each result.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="A few requests only: shows that it runs, not how fast.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Say which benches there are, and measure nothing.")] = False,
) -> None:
    """Measure, as ratios to a baseline of the same run, or shares. Exits 1 if a bench could not run or lost something."""
    from sgapp.bench import BENCHES, measured, shown

    if name is not None and name not in BENCHES:
        raise stop(f"There is no bench called {name}. There are: {', '.join(BENCHES)}.")
    if listed:
        for known in BENCHES.values():
            out.print(f"{known.name}: {known.about}")
        return
    results, failed = measured([name] if name else list(BENCHES), quick=quick)
    if as_json:
        for result in results:
            typer.echo(json.dumps(result.as_line()))
    else:
        out.print(shown(results))
    if failed:
        raise stop(failed)


@app.command("sweep")
def sweep_once(
    at: Annotated[Optional[str], typer.Option(help="As if it were then (England's clock); on a demo only.")] = None,  # noqa: UP045
) -> None:
    """Run the clocks once: what is late goes up to the next person, who is told."""
    found = ready_house()
    try:
        moment = _moment(at) if at else None
        done = sweep(found, now=now(), holder=f"command:{os.getpid()}", at=moment)
    except SgappError as error:
        raise stop(str(error)) from error
    if done.busy:
        raise stop("Another process is sweeping just now. Nothing was done here.")
    deliver_due(found, ways_out(found, now=now()), now=moment or now())
    out.print(f"{done.steps} went up a stage, {done.retimed} were worked out anew.")
    if done.failed:
        raise stop(f"{done.failed} could not be opened and are tried again later. `sgapp audit verify` says what is wrong.")


def _moment(text: str) -> datetime:
    """An ISO time; one without a zone is England's wall clock."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise stop(f"{text} is not a time like 2026-10-06T17:05") from error
    return from_london(moment) if moment.tzinfo is None else moment.astimezone(UTC)


@user.command("add")
def user_add(username: str, name: Annotated[str, typer.Option()], role: Annotated[Role, typer.Option()],
             branch: Annotated[str, typer.Option()] = "main",
             password: Annotated[Optional[str], typer.Option(prompt=True, hide_input=True)] = None) -> None:  # noqa: UP045  typer
    """Add an account."""
    form = sessions.AddAccount(username, name, role, password or "", branch)
    _said(lambda: sessions.add_account(ready_house(), SYSTEM, form, now=now()).message)


@user.command("disable")
def user_disable(username: str) -> None:
    """Stop an account from signing in, and end its sessions."""
    _said(lambda: sessions.disable_account(ready_house(), SYSTEM, sessions.DisableAccount(username), now=now()).message)


@user.command("reset")
def user_reset(username: str,
               password: Annotated[Optional[str], typer.Option(prompt=True, hide_input=True)] = None) -> None:  # noqa: UP045
    """Give an account a new password, and end its sessions."""
    form = sessions.ResetPassword(username, password or "")
    _said(lambda: sessions.reset_password(ready_house(), SYSTEM, form, now=now()).message)


def _said(work) -> None:
    try:
        out.print(work())
    except Invalid as error:
        raise stop("\n".join(f"{e.field}: {e.message}" for e in error.errors)) from error
    except NotFound as error:
        raise stop(f"There is no such account: {error}") from error


@audit.command("verify")
def audit_verify() -> None:
    """Walk the whole chain. Exits 1 and names the first bad event if it was changed, cut or added to."""
    result = verify_audit(ready_house(), now=now())
    if not result.sound:
        raise stop(f"First bad event: {result.first_bad} ({result.events} looked at)")
    out.print(f"Sound: {result.events} events in {result.streams} streams, {result.records} records agree.")


if __name__ == "__main__":
    app()
