"""What lets a page come sooner over a slow line: fewer and smaller files, and what draws it before what moves it."""

import json
import re
import tempfile
from pathlib import Path

from sgapp.ui.bundler import bundle

#: Scripts of our own that stand in every page and run before everything else.
_PLAIN_SCRIPTS = ("hide.js",)
_GROUPS_BEGIN = "groups: ["
#: What every page needs comes in one file, and what the phone's pages share in another: each small file costs a question,
#: an answer with its headers, and a dictionary of its own. Sealing is not among it: it is fetched when a page is ready.
_EVERY_PAGE = "|".join((r"node_modules[\\/](?!@hpke)", r"rolldown[\\/]runtime", "plain_(page|colours|react)",
                        r"[\\/]\.web[\\/](utils[\\/]|env\.json)", r"vite[\\/]preload-helper",
                        r"sgapp[\\/]phone[\\/](asked|fresh_page|page_mark|untouched)\.js"))
_PHONE = (r"external[\\/]sgapp[\\/]phone[\\/](words[\\/])?"
          r"(device|draft|fill|installed|on_call|outbox|parts|store|taken_along)\.js|"
          r"sgapp[\\/]ui[\\/]templates[\\/]phone\.jsx")
_LOCK = r"external[\\/]sgapp[\\/]phone[\\/](words[\\/])?(lock|vault)\.js"
_GROUPS = f"""
            {{ name: "every-page", test: /{_EVERY_PAGE}/ }},
            {{ name: "phone", test: /{_PHONE}/ }},
            {{ name: "lock", test: /{_LOCK}/ }},"""
#: A text of the catalogue (sgapp/phone/words) then stands where it is shown: a name for each would weigh more.
_BUNDLING_BEGINS = "rollupOptions: {"
_INLINE = """
      optimization: { inlineConst: { mode: "all", pass: 1 } },"""
_ALIAS_BEGINS = "alias: ["
#: Reflex keeps which of light and dark was chosen, which nobody chooses here; setting it anew as a page starts means working
#: out the look of everything twice.
_STAND_INS = {"$/utils/react-theme": "plain_colours.js"}
_ALIAS = "".join(f"""
      {{ find: "{library}", replacement: fileURLToPath(new URL("./public/external/sgapp/phone/{ours}", import.meta.url)) }},"""
                 for library, ours in _STAND_INS.items())
#: Reflex draws through a library for styles written in Python. We write none: classes only, and the policy of our pages
#: would refuse the rest. So its one function that is used stands in for it (plain_elements.js). And in the browser, and only
#: there, React is Preact, and elements are those of a page's body (docs/decisions/0029).
_IN_BROWSER = {"react": "plain_react.js", "react-dom": "plain_react.js", "react-dom/client": "plain_react.js",
               "@emotion/react": "plain_page.js"}
_PLUGINS_BEGIN = "plugins: ["
_PLUGIN = f"""
    {{
      name: "in-the-browser",
      enforce: "pre",
      resolveId(source, importer) {{
        const placed = (name) => fileURLToPath(new URL(`./public/external/sgapp/phone/${{name}}`, import.meta.url));
        if (this.environment.name !== "client") return source === "@emotion/react" ? placed("plain_elements.js") : null;
        if (source === "react/jsx-runtime") return this.resolve("preact/jsx-runtime", importer, {{ skipSelf: true }});
        const ours = {json.dumps(_IN_BROWSER)}[source];
        return ours ? placed(ours) : null;
      }},
    }},"""
_STYLED = re.compile(r"""[,{]\s*css\s*:""")
_AHEAD = re.compile(r'<link rel="modulepreload"[^>]*/>')


class HasChanged(RuntimeError):
    """Reflex's output no longer looks as it is relied on here."""


def settings_for_vite(config: str) -> str:
    """Vite's settings with our groups of scripts and our stand-in in front of Reflex's own. Raises HasChanged."""
    for begins, ours in ((_BUNDLING_BEGINS, _INLINE), (_GROUPS_BEGIN, _GROUPS), (_ALIAS_BEGINS, _ALIAS),
                         (_PLUGINS_BEGIN, _PLUGIN)):
        if ours in config:
            continue
        if config.count(begins) != 1:
            raise HasChanged(f"Vite's settings do not say {begins} where it was expected; has Reflex changed?")
        config = config.replace(begins, begins + ours)
    return config


def styles_are_classes(web: Path) -> None:
    """See that no page is written with a style that would be lost. Raises HasChanged, naming the page."""
    for place in ("app", "app_components"):
        for page in sorted((web / place).rglob("*.jsx")):
            if _STYLED.search(page.read_text(encoding="utf-8")):
                raise HasChanged(f"{page.relative_to(web)} has a style of its own, or a property that Reflex takes for one; "
                                 "use class_name, or custom_attrs")


def picture_first(static: Path) -> None:
    """Put the scripts that move a page behind the ones it is drawn by, in its head. Raises HasChanged."""
    moved = 0
    for page in static.rglob("*.html"):
        head, end, rest = page.read_text(encoding="utf-8").partition("</head>")
        ahead = _AHEAD.findall(head)
        moved += len(ahead)
        if ahead:
            page.write_text(_AHEAD.sub("", head) + "".join(ahead) + end + rest, encoding="utf-8")
    if not moved:
        raise HasChanged("no page names scripts to fetch ahead; has Reflex changed?")


def shorten_scripts(static: Path, *, modules: Path) -> None:
    """Take what only a reader needs out of our plain scripts. Raises NotBundled."""
    for name in _PLAIN_SCRIPTS:
        with tempfile.TemporaryDirectory(dir=modules.parent, prefix="script-") as folder:
            short = Path(folder) / name
            bundle(static / name, short, modules)
            (static / name).write_bytes(short.read_bytes())
