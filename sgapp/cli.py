"""The `sgapp` command. Each sub-command says what it did; long ones show how far they are."""

import json
import multiprocessing
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from sgapp.domain.errors import Invalid, NotFound, SgappError, Unreadable
from sgapp.domain.permissions import Role
from sgapp.domain.time import from_london, show
from sgapp.integrations.leaving import WrongPlace, places_of
from sgapp.integrations.mail import Mail, WrongAddress
from sgapp.integrations.packing import whole_or_gone
from sgapp.integrations.tables import NoTable, read_table, write_table
from sgapp.services import staff
from sgapp.services.audit import verify_audit
from sgapp.services.backups import CannotBackUp, CannotRestore, back_up, restore, restore_unfinished
from sgapp.services.checkpoints import make_checkpoint, verify_against
from sgapp.services.demo import demo_accounts, invented_settings, load_demo
from sgapp.services.doctor import Grade, examine
from sgapp.services.echo import tell_others
from sgapp.services.evidence import (
    AskForEvidence,
    NotAsItLeft,
    ask_at_the_machine,
    check_pack,
    evidence_folder,
    evidence_zip,
)
from sgapp.services.exporting import export_table
from sgapp.services.house import SYSTEM, House, WrongMasterKey, house, now
from sgapp.services.importing import CannotImport, Refused, import_table
from sgapp.services.keys import CannotRotate, rotate_keys
from sgapp.services.post import deliver_due, ways_out
from sgapp.services.sampling import repeat_draw
from sgapp.services.subject_access import copy_for, files_of
from sgapp.services.sweep import sweep
from sgapp.services.views.staff import staff_lines
from sgapp.store.checkpoints import NoCheckpoint


class Kind(StrEnum):
    PEOPLE = "people"
    STAFF = "staff"
    VISITS = "visits"


app = typer.Typer(help="Visit notes that become decisions, referrals, receipts and outcomes.", no_args_is_help=True,
                  pretty_exceptions_enable=False)
user = typer.Typer(help="Accounts.", no_args_is_help=True)
audit = typer.Typer(help="The audit chain.", no_args_is_help=True)
keys = typer.Typer(help="The keys that everything is sealed under.", no_args_is_help=True)
evidence = typer.Typer(help="The evidence of a month.", no_args_is_help=True)
app.add_typer(evidence, name="evidence")
app.add_typer(keys, name="keys")
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
    if restore_unfinished(found):
        raise stop("A restore into this database broke off: do not use what is in it. Name an empty one, and restore again.")
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
    cert: Annotated[Optional[Path], typer.Option(help="Certificate file, for https on real phones.")] = None,  # noqa: UP045 - as Typer reads it
    key: Annotated[Optional[Path], typer.Option(help="Its private key file.")] = None,  # noqa: UP045 - as Typer reads it
) -> None:
    """Serve pages and API on one port."""
    os.environ.setdefault("SGAPP_PUBLIC_URL", f"{'https' if cert else 'http'}://localhost:{port}")
    from sgapp.serving import CannotServe
    from sgapp.serving import serve as run

    found = ready_house()
    if workers > 1 and not (found.settings.database_url and found.settings.redis_url):
        raise stop("More than one process needs PostgreSQL and Redis: set SGAPP_DATABASE_URL and SGAPP_REDIS_URL.")
    _checkpoints_go_somewhere(found)
    _mail_goes_somewhere(found)
    if demo:
        _load_demo_apart(found)
    token = staff.make_set_up_token(found, now=now())
    _shows_its_own_numbers(found)
    if token is not None:
        out.print("No accounts yet. Make the first administrator here, once, within 24 hours:")
        out.print(f"  {found.settings.public_url}/set-up?token={token}")
    out.print(f"Serving on {found.settings.public_url}")
    try:
        run(host=host, port=port, workers=workers, cert=cert, key=key)
    except CannotServe as error:
        raise stop(str(error)) from error


def _checkpoints_go_somewhere(found: House) -> bool:
    """Whether there is a place for them; stops with plain words if one cannot be."""
    try:
        return bool(places_of(found.settings.checkpoints_to, data=found.settings.data))
    except WrongPlace as error:
        raise stop(f"SGAPP_CHECKPOINTS_TO: {error}.") from error


def _mail_goes_somewhere(found: House) -> None:
    try:
        if found.settings.smtp_url:
            Mail.at(found.settings.smtp_url, sender=found.settings.sender)
    except WrongAddress as error:
        raise stop(f"{error}.") from error


def _shows_its_own_numbers(found: House) -> None:
    """Say it where people would ring numbers that the demo invented. It is served all the same: phones that wait deliver."""
    if missing := ", ".join(invented_settings(found, now=now())):
        out.print(f"Not set: {missing}. Until then care workers and agencies are shown what the demo invented. Set them, and "
                  "start again; those who lead are told, too.", style="bold")


@app.command()
def migrate() -> None:
    """Bring the database to this version."""
    ready_house()
    out.print("The database is of this version.")


@app.command()
def doctor() -> None:
    """Say what is well and what is not, and how to mend it. Exits 1 if something is not."""
    ill = 0
    for finding in examine(house(), now=now()):
        ill += finding.grade is Grade.ILL
        out.print(f"{finding.grade}: {finding.part}. {finding.said}{f' {finding.mend}' if finding.mend else ''}")
    if ill:
        raise typer.Exit(1)


@app.command()
def demo(logins: Annotated[bool, typer.Option("--logins", help="Print the accounts as JSON lines.")] = False) -> None:
    """Load the demo organisation into an empty database, or set a demo's passwords again."""
    found = ready_house()
    _load_demo(found, quiet=logins)
    if logins:
        for account in demo_accounts(found, now=now()):
            line = {"role": account.role, "username": account.username, "password": account.password}
            if account.totp_secret:
                line["totp_secret"] = account.totp_secret
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
    name: Annotated[Optional[str], typer.Argument(help="Which one; all without a name.")] = None,  # noqa: UP045 - as Typer reads it
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each result.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="A few requests only: shows that it runs, not how fast.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Say which benches there are, and measure nothing.")] = False,
    plot: Annotated[Optional[Path], typer.Option(help="Draw what --json said, from standard input, into this SVG.")] = None,  # noqa: UP045 - as Typer reads it
) -> None:
    """Measure, as ratios to a baseline of the same run, or shares. Exits 1 if a bench could not run or lost something."""
    from sgapp.bench import BENCHES, measured, plotted, shown

    if plot is not None:
        plot.write_text(plotted(typer.get_text_stream("stdin")), encoding="utf-8")
        return
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
    at: Annotated[Optional[str], typer.Option(help="As if it were then (England's clock); on a demo only.")] = None,  # noqa: UP045 - as Typer reads it
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
             reason: Annotated[str, typer.Option(help="Why, for whoever has to agree.")] = "asked for at the machine",
             password: Annotated[str, typer.Option(help="Sets one that you know, too, in the place of a code.")] = "") -> None:
    """Add an account, with a code by which its owner chooses her password. Whoever reads cases needs a second person's yes."""
    form = staff.AddAccount(username, name, role, password, branch, reason)
    _said(lambda: staff.add_account(ready_house(), SYSTEM, form, now=now()).message)


@user.command("disable")
def user_disable(username: str) -> None:
    """Stop an account from signing in, and end its sessions."""
    _said(lambda: staff.disable_account(ready_house(), SYSTEM, staff.DisableAccount(username), now=now()).message)


@user.command("reset")
def user_reset(username: str,
               alone: Annotated[str, typer.Option(help="Why nobody else can agree: then the whole code is printed.")] = "",
               reason: Annotated[str, typer.Option(help="Why, for whoever has to agree.")] = "asked for at the machine",
               factor_too: Annotated[bool, typer.Option("--factor-too", help="The authenticator is lost, too.")] = False,
               ) -> None:
    """A code with which somebody chooses a new password at /new-password. Whoever reads cases needs a second person's yes."""
    if alone:
        _said(lambda: staff.reset_alone(ready_house(), SYSTEM, staff.ResetAlone(username, alone), now=now()).message)
        return
    form = staff.AskForReset(username, reason, "yes" if factor_too else "")
    _said(lambda: staff.ask_for_reset(ready_house(), SYSTEM, form, now=now()).message)


@user.command("list")
def user_list() -> None:
    """Who has an account, with which role, and whether it is disabled."""
    for line in staff_lines(ready_house(), SYSTEM, now()).lines:
        out.print(f"{line.username}  {line.role_label}{'  disabled' if line.disabled else ''}")


def _said(work) -> None:
    try:
        out.print(work())
        tell_others(house())
    except Invalid as error:
        raise stop("\n".join(f"{e.field}: {e.message}" for e in error.errors)) from error
    except NotFound as error:
        raise stop(f"There is no such account: {error}") from error


@audit.command("checkpoint")
def audit_checkpoint(
    to: Annotated[Optional[Path], typer.Option("--out", help="File to write it to; else it is printed.")] = None,  # noqa: UP045 - as Typer reads it
) -> None:
    """Sign where every stream stands now. Keep what it gives off this machine."""
    document = make_checkpoint(ready_house(), now=now())
    if to is None:
        typer.echo(document)
        return
    try:
        with to.open("x") as file:
            file.write(document)
    except OSError as error:
        raise stop(f"{to} could not be written ({error.strerror}). The checkpoint is made and kept here; name another file, "
                   "and a new one is made.") from error
    out.print(f"Checkpoint {json.loads(document)['number']} lies in {to}. Take it off this machine.")


@audit.command("verify")
def audit_verify(
    checkpoint: Annotated[Optional[Path], typer.Option(help="A checkpoint that left this machine before.")] = None,  # noqa: UP045 - as Typer reads it
) -> None:
    """Walk the whole chain. Exits 1 and names the first bad event if it was changed, cut or added to."""
    found = ready_house()
    try:
        result = verify_against(found, checkpoint.read_text(), now=now()) if checkpoint else verify_audit(found, now=now())
    except NoCheckpoint as error:
        raise stop(f"{checkpoint}: {error}. The chain was not looked at.") from error
    except OSError as error:
        raise stop(f"{checkpoint} could not be read ({error.strerror}). The chain was not looked at.") from error
    if not result.sound:
        raise stop(f"First bad event: {result.first_bad} ({result.events} looked at)")
    out.print(f"Sound: {result.events} events in {result.streams} streams, {result.records} records agree."
              + (f" All that stood at {json.loads(checkpoint.read_text())['at']} stands." if checkpoint else ""))


@app.command()
def sample(
    month: Annotated[str, typer.Option(help="The month whose decisions are sampled, as 2026-10.")],
    seed: Annotated[str, typer.Option(help="The seed that was agreed on.")],
    branch: Annotated[str, typer.Option(help="Of which branch.")] = "main",
    without: Annotated[str, typer.Option(help="Leave out what is kept from this user, as where they drew.")] = "",
) -> None:
    """Draw a month's sample again, and say whether it is the one on record. Keeps nothing."""
    try:
        found = repeat_draw(ready_house(), month, seed.strip(), branch=branch, without=without, now=now())
    except Invalid as error:
        raise stop(" ".join(e.message for e in error.errors)) from error
    out.print(f"{len(found.drawn)} of {found.candidates} cases decided in {month} (list {found.fingerprint[:16]}):")
    for drawn in found.drawn:
        why = "; ".join((*drawn.because, *(("scored by two people",) if drawn.twice else ())))
        out.print(f"  {drawn.reference}{f'  {why}' if why else ''}")
    if found.kept is None:
        out.print("No sample of that month is on record.")
    elif found.same:
        out.print(f"This is what {found.kept.drawn_by} drew on {show(found.kept.drawn_at)}.")
    else:
        raise stop(f"This is not what {found.kept.drawn_by} drew on {show(found.kept.drawn_at)}: another seed, or cases that "
                   "were added, let go, kept from somebody, referred or called another kind of harm since.")


@evidence.command("build")
def evidence_build(
    month: Annotated[str, typer.Option(help="The month, as 2026-10.")],
    to: Annotated[Path, typer.Option("--out", help="A folder that is not there yet; a name that ends in .zip makes a zip.")],
    purpose: Annotated[str, typer.Option(help="What it is for; stands in it.")] = "Our own review",
    recipient: Annotated[str, typer.Option(help="Who it is for; stands in it.")] = "Ourselves",
) -> None:
    """The month's evidence: figures, registers, sample, files without names, a signed manifest of all that is in it."""
    found = ready_house()
    try:
        form = AskForEvidence(month, purpose, recipient)
        with whole_or_gone(to), _progress() as bar:
            task = bar.add_task("Cases of how many adults", total=None)

            def shown(done: int, of: int) -> None:
                bar.update(task, completed=done, total=of)

            if to.suffix == ".zip":
                with open(to, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                    for piece in evidence_zip(found, SYSTEM, ask_at_the_machine(found, form, now=now()), now=now(),
                                              progress=shown):
                        file.write(piece)
            else:
                evidence_folder(found, ask_at_the_machine(found, form, now=now()), to, now=now(), progress=shown)
    except Invalid as error:
        raise stop(" ".join(e.message for e in error.errors)) from error
    except OSError as error:
        raise stop(_not_written(to, error)) from error
    out.print(f"The evidence of {month} lies in {to}. Names are replaced; read READ-ME.txt and the files before they go.")


@evidence.command("verify")
def evidence_verify(
    pack: Annotated[Path, typer.Argument(help="A folder or a zip that `sgapp evidence build` or the page made.")],
    checkpoint: Annotated[Optional[Path], typer.Option(help="A checkpoint that left before, of the same key.")] = None,  # noqa: UP045 - as Typer reads it
) -> None:
    """Whether a pack is as it left. Needs no database and no key. Exits 1 and names what was changed."""
    try:
        document = check_pack(pack, public_key=json.loads(checkpoint.read_text())["public_key"] if checkpoint else "")
    except NotAsItLeft as error:
        raise stop(f"{pack} is not as it left: {error}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise stop(f"{checkpoint} could not be read. Nothing was looked at.") from error
    out.print(f"As it left: the evidence of {document['month']} of {document['provider']}, {len(document['files'])} files, "
              f"made {document['made_at']}.")
    if checkpoint is None:
        out.print(f"Signed by the key {document['public_key']}. Compare it with that of a checkpoint you hold (--checkpoint).")


@app.command()
def backup(to: Annotated[Path, typer.Argument(help="A file that is not there yet, or a folder.")]) -> None:
    """Write everything into one sealed file while the product serves, and try it before it counts."""
    found = ready_house()
    with _progress() as bar:
        writing, trying = bar.add_task("Writing", total=None), bar.add_task("Trying it", total=None)
        try:
            made = back_up(found, to, now=now(), progress=lambda n, of: bar.update(writing, completed=n, total=of),
                           check=lambda n, of: bar.update(trying, completed=n, total=of))
        except CannotBackUp as error:
            raise stop(str(error)) from error
    out.print(f"{made.path}: {made.rows} rows, restored on the side and verified.")
    out.print(f"It opens with {made.key} and the master key. Keep copies of both, apart from it; the first is destroyed "
              f"{found.settings.backup_days} days after its month.")


@app.command("restore")
def restore_backup(
    source: Annotated[Path, typer.Argument(help="A file that `sgapp backup` wrote.")],
    disposals: Annotated[Optional[Path], typer.Option(help="Where tombstones were taken; else beside the keys.")] = None,  # noqa: UP045 - as Typer reads it
    none_disposed: Annotated[bool, typer.Option("--none-disposed", help="Nothing was ever disposed of.")] = False,
) -> None:
    """Put a backup into an empty database, and carry out again what was disposed of since."""
    with _progress() as bar:
        task = bar.add_task("Restoring", total=None)
        try:
            done = restore(house(), source, now=now(), disposals=disposals, none_disposed=none_disposed,
                           progress=lambda n, of: bar.update(task, completed=n, total=of))
        except CannotRestore as error:
            raise stop(str(error)) from error
    out.print(f"{done.rows} rows are back, as of {show(done.made_at)}; {done.disposed} disposals since were carried out again.")
    out.print("What came in after that time is not here. Whoever left, or lost a phone, since then has to be stopped once more:"
              " look at Accounts, Phones and links to agencies before anybody signs in.")
    if not done.audit.sound:
        raise stop(f"The chain does not hold, here as when it was made. First bad event: {done.audit.first_bad}")


@app.command("import")
def import_(
    kind: Annotated[Kind, typer.Argument()],
    file: Annotated[Path, typer.Argument(help="A table as CSV in UTF-8, the names of its columns in the first line.")],
    column: Annotated[Optional[list[str]], typer.Option(help="What a column tells, as reference=\"Client ID\".")] = None,  # noqa: UP045 - as Typer reads it
    preview: Annotated[bool, typer.Option("--preview", help="Try all of it, and keep nothing.")] = False,
    codes: Annotated[Optional[Path], typer.Option(help="Of staff: the file for the codes of new accounts.")] = None,  # noqa: UP045 - as Typer reads it
) -> None:
    """Take in adults, colleagues or who visits whom: every row, or none. The same table again changes nothing."""
    chosen = dict(_pair(text) for text in column or ())
    if kind is Kind.STAFF and not preview and (codes is None or codes.exists()):
        raise stop("Name a file that is not there yet for the codes of new accounts: --codes FILE. Nothing was changed.")
    found = ready_house()
    with _progress() as bar:
        task = bar.add_task("Rows", total=None)
        try:
            done = import_table(found, kind, read_table(file), now=now(), columns=chosen, preview=preview,
                                progress=lambda n, of: bar.update(task, completed=n, total=of))
        except NoTable as error:
            raise stop(f"{error} Nothing was changed.") from error
        except CannotImport as error:
            raise stop("\n".join([str(error), *_some(error.refused)])) from error
    if codes is not None and done.codes:
        try:
            write_table(codes, ("username", "name", "code, for seven days at /new-password"), done.codes)
        except OSError as error:
            raise stop(f"The accounts are there, but {codes} could not be written ({error.strerror}). Give each of the "
                       f"{done.new} a new code with `sgapp user reset`.") from error
        out.print(f"The codes of {done.new} new accounts lie in {codes}. Give each to its owner alone, and remove the file.")
    if preview:
        out.print("Columns: " + ", ".join(f"{told} from “{name}”" for told, name in done.mapping.items()))
    out.print(f"{done.new} new, {done.changed} changed, {done.same} as they were.{' Nothing was kept.' if preview else ''}")


def _pair(text: str) -> tuple[str, str]:
    told, equals, name = text.partition("=")
    if not equals:
        raise stop(f"{text} does not say which column tells what. Write it as reference=\"Client ID\".")
    return told.strip(), name.strip()


def _some(refused: Sequence[Refused]) -> list[str]:
    """The first of those that were refused; hundreds help nobody."""
    more = [f"… and {len(refused) - 50} more"] if len(refused) > 50 else []
    return [*(f"  line {row.line}: {row.why}" for row in refused[:50]), *more]


@app.command("export")
def export(kind: Annotated[Kind, typer.Argument()],
           file: Annotated[Path, typer.Argument(help="A file that is not there yet.")]) -> None:
    """Write adults, colleagues or who visits whom as a table that can be taken in again. It is confidential."""
    try:
        written = export_table(ready_house(), kind, file, now=now())
    except OSError as error:
        raise stop(f"{file} could not be written ({error.strerror}). Name a file that is not there yet.") from error
    out.print(f"{written} rows lie in {file}, for its owner alone.")


@app.command("subject-access")
def subject_access(
    reference: Annotated[str, typer.Argument(help="The adult's reference, such as P-104.")],
    to: Annotated[Path, typer.Option("--out", help="A folder that is not there yet.")],
) -> None:
    """Everything that is kept about an adult, with others marked, for whoever decides what she is given."""
    found = ready_house()
    with _progress() as bar:
        task = bar.add_task("Looking through notes about others", total=None)
        try:
            copy = copy_for(found, reference, now=now(), progress=lambda n, of: bar.update(task, completed=n, total=of))
        except NotFound as error:
            raise stop(f"There is nobody with the reference {reference}. Nothing was written.") from error
        except Unreadable as error:
            raise stop(f"Something of it does not open: {error}. Nothing was written; see `sgapp audit verify`.") from error
    try:
        with whole_or_gone(to):
            to.mkdir(mode=0o700)
            for name, content in files_of(copy, found.settings.organisation).items():
                with open(to / name, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                    file.write(content)
    except OSError as error:
        raise stop(_not_written(to, error)) from error
    out.print(f"{len(copy.chapters)} records lie in {to}, with {copy.marked} names of others marked. Nothing is taken out yet.")
    if copy.elsewhere:
        out.print(f"Her name stands in {len(copy.elsewhere)} notes about others; they are listed at its end.")
    out.print("She is to have her copy within one calendar month of asking. Remove this folder afterwards.")


def _not_written(to: Path, error: OSError) -> str:
    mend = "Name something that is not there yet" if to.exists() else "Nothing of it is left there; name another place"
    return f"{to} could not be written ({error.strerror}). {mend}."


def _progress() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=out)


@keys.command("rotate")
def keys_rotate() -> None:
    """Replace the master key while the product is in use. Cut short, it goes on where it was when it is run again."""
    found = ready_house()
    with _progress() as bar:
        task = bar.add_task("Keys under the new master key", total=None)
        try:
            done = rotate_keys(found, now=now(), progress=lambda n, of: bar.update(task, completed=n, total=of))
        except CannotRotate as error:
            raise stop(str(error)) from error
    out.print(f"The master key is replaced; {done.keys} keys were wrapped anew, and every process goes on with the new one.")
    if done.kept:
        out.print(f"The key from before lies in {done.kept}: backups made until now open with it alone. Copy the new key to "
                  "where you keep such things, and destroy the old one once you need those backups no more.")
    else:
        out.print("Take the key from before away where you set it, once you need no backup made until now.")


if __name__ == "__main__":
    app()
