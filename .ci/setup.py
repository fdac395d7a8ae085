#!/usr/bin/env python3
"""Makes a fresh clone ready: Python packages, browser packages, icon sprite, translations. Standard library only.

    python3 .ci/setup.py run [--port 8000]     what the product needs to run
    python3 .ci/setup.py dev                   that, and what tests and checks need

Each step is skipped when the stamp it left says that nothing has changed. Problems a person can solve are said in one
line, in Chinese and English; everything else is in var/setup.log. The syntax is kept old so that a Python that is too
old can still read this file and say so.
"""

import sys

OLDEST = (3, 11)
if sys.version_info < OLDEST:
    import os
    import shutil

    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        if shutil.which(name):
            os.execvp(name, [name] + sys.argv)
    sys.exit("需要 Python 3.11 或更新,现在是 %d.%d / Python 3.11 or newer is needed" % sys.version_info[:2])

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
LOG = ROOT / "var" / "setup.log"
VENDOR = ROOT / "static" / "vendor"
VENDOR_FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.common.min.js": "echarts.common.min.js",
}
ICON_LIST = ROOT / "static" / "icons.txt"
UNREACHABLE = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|Max retries|Temporary failure in name|Name or service not known"
    r"|ProxyError|SSLError|Connection refused|connection broken|Network is unreachable|Could not fetch URL"
    r"|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ERR_SOCKET_TIMEOUT|ENETUNREACH",
    re.IGNORECASE,
)


class Problem(Exception):
    """Something the person at the terminal can put right."""


def say(text):
    print(text, flush=True)


def digest(*parts):
    """Return one short fingerprint of files (by content) and strings."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.read_bytes() if isinstance(part, Path) else str(part).encode())
        whole.update(b"\0")
    return whole.hexdigest()[:32]


def run(command, source, environment=None):
    """Run a package client. Its output goes to var/setup.log; a failure becomes a `Problem` in plain words."""
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("a", encoding="utf-8") as log:
        log.write("\n$ " + " ".join(str(word) for word in command) + "\n")
    done = subprocess.run(
        [str(word) for word in command],
        cwd=str(ROOT),
        env=dict(os.environ, **(environment or {})),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    with LOG.open("a", encoding="utf-8") as log:
        log.write(done.stdout)
    if done.returncode == 0:
        return
    if UNREACHABLE.search(done.stdout):
        raise Problem(
            "连不上软件包源(%s),请检查网络或镜像设置(%s)后再试\n"
            "The package source (%s) is unreachable: check the network or the mirror setting (%s), then try again.\n"
            "var/setup.log" % (source[0], source[1], source[0], source[1])
        )
    last = "\n".join(done.stdout.strip().splitlines()[-12:])
    raise Problem("安装没有成功 / installation failed: %s\n%s\nvar/setup.log" % (" ".join(map(str, command[:4])), last))


PYPI = ("Python", "PIP_INDEX_URL, pip.conf")
NPM = ("npm", "npm_config_registry, .npmrc")


# --- Python packages --------------------------------------------------------------------------------------------------


def venv_works():
    """Tell whether .venv was made here, by this Python version, and still starts."""
    stamp = VENV / ".made"
    if not stamp.exists() or stamp.read_text() != venv_identity():
        return False
    return subprocess.run([str(VENV_PYTHON), "-c", "import pip"], check=False, capture_output=True).returncode == 0


def venv_identity():
    return "%s %d.%d" % (VENV, *sys.version_info[:2])


def make_venv():
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        version = "%d.%d" % sys.version_info[:2]
        raise Problem(
            "缺少 venv 模块,请先执行 / the venv module is missing, please run first:\n"
            "  apt-get install -y python%s-venv" % version
        ) from None
    say("创建 Python 环境 … / creating .venv")
    venv.EnvBuilder(clear=True, with_pip=True, symlinks=True).create(str(VENV))
    (VENV / ".made").write_text(venv_identity())


def python_packages(name, contains=None):
    """Install a hashed lock, unless the stamp says that exactly this is installed. `contains`: a lock it includes."""
    if not venv_works():
        make_venv()
    lock = ROOT / name
    stamp = venv_stamp(name)
    if stamp.exists() and stamp.read_text() == digest(lock):
        return
    say("安装 Python 包 … / installing Python packages (%s)" % name)
    began = time.monotonic()
    pip = [VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--retries", "2"]
    run(pip + ["--timeout", "30", "--require-hashes", "--no-deps", "-r", lock], PYPI)
    stamp.write_text(digest(lock))
    if contains:
        venv_stamp(contains).write_text(digest(ROOT / contains))
    say("  %.0f s" % (time.monotonic() - began))


def venv_stamp(lock_name):
    return VENV / (".installed-" + lock_name.replace(".lock", ""))


# --- browser packages -------------------------------------------------------------------------------------------------


def npm_command():
    """Return the npm to use and the environment it needs: the machine's, or the one of the Python package."""
    if shutil.which("node") and shutil.which("npm"):
        return ["npm"], {}
    say("没有 Node.js,从 Python 包源取一份 … / no Node.js here, taking the one packaged for Python")
    python_packages("requirements-node.lock")
    path = "%s%s%s" % (VENV / "bin", os.pathsep, os.environ.get("PATH", ""))
    return [VENV / "bin" / "npm"], {"PATH": path}


def browser_packages(with_development):
    """Install package-lock.json, unless what is needed from it is already there."""
    modules = ROOT / "node_modules"
    stamp = modules / ".installed"
    lock = digest(ROOT / "package-lock.json")
    if stamp.exists() and stamp.read_text() in ({lock + " dev"} if with_development else {lock, lock + " dev"}):
        return
    say("安装前端包 … / installing browser packages")
    began = time.monotonic()
    npm, environment = npm_command()
    clean = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=60000"]
    run(npm + clean + ([] if with_development else ["--omit=dev"]), NPM, environment)
    stamp.write_text(lock + (" dev" if with_development else ""))
    say("  %.0f s" % (time.monotonic() - began))


def vendor_stamp():
    return digest(ROOT / "package-lock.json", ICON_LIST, Path(__file__))


def vendor_ready():
    stamp = VENDOR / ".made"
    files = list(VENDOR_FILES.values()) + ["icons.svg"]
    return stamp.exists() and stamp.read_text() == vendor_stamp() and all((VENDOR / name).exists() for name in files)


def vendor_files():
    """Copy the named files to static/vendor, without their references to source maps, and build the icon sprite."""
    modules = ROOT / "node_modules"
    sprite = icon_sprite(modules / "@tabler" / "icons" / "icons")
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in VENDOR_FILES.items():
        text = (modules / source).read_text(encoding="utf-8")
        text = re.sub(r"^(//# sourceMappingURL=.*|/\*# sourceMappingURL=.*?\*/)\s*$", "", text, flags=re.MULTILINE)
        (VENDOR / name).write_text(text, encoding="utf-8")
    (VENDOR / "icons.svg").write_text(sprite, encoding="utf-8")
    (VENDOR / ".made").write_text(vendor_stamp())


def icon_sprite(folder):
    """Return one SVG with a symbol for each name in static/icons.txt (`name`, or `name-filled` for the filled form)."""
    names = [line.split("#")[0].strip() for line in ICON_LIST.read_text(encoding="utf-8").splitlines()]
    symbols, unknown = [], []
    for name in sorted({name for name in names if name}):
        filled = name.endswith("-filled")
        source = folder / ("filled" if filled else "outline") / ((name[: -len("-filled")] if filled else name) + ".svg")
        if not source.exists():
            unknown.append(name)
            continue
        inner = re.search(r"<svg[^>]*>(.*)</svg>", source.read_text(encoding="utf-8"), re.DOTALL).group(1)
        inner = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", inner)  # an empty frame
        look = ' fill="currentColor" stroke="none"' if filled else ""
        symbols.append('<symbol id="%s" viewBox="0 0 24 24"%s>%s</symbol>' % (name, look, " ".join(inner.split())))
    if unknown:
        raise Problem(
            "static/icons.txt 中有 @tabler/icons 里没有的图标 / names that @tabler/icons does not have: "
            + ", ".join(unknown)
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n%s\n</svg>\n' % "\n".join(symbols)


# --- the whole --------------------------------------------------------------------------------------------------------


def translations():
    """Compile the .po files that are newer than their .mo."""
    stale = []
    for source in (ROOT / "cxorders" / "locale").glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            stale.append(str(source))
    if stale:
        code = "import sys, polib\nfor po in sys.argv[1:]: polib.pofile(po).save_as_mofile(po[:-3] + '.mo')"
        run([VENV_PYTHON, "-c", code] + stale, PYPI)


def check_port(port):
    """Refuse a port nobody could listen on before anything is installed for minutes."""
    sys.path.insert(0, str(ROOT))
    from cxorders.kit.supervisor import port_problem

    if not port.isdigit() or not 0 < int(port) < 65536:
        raise Problem("端口应为 1–65535 的数字 / PORT must be a number from 1 to 65535: %s" % port)
    if port_problem("127.0.0.1", int(port)) == "taken":
        other = int(port) + 1
        raise Problem("端口 %s 已被占用,请换一个 / port %s is taken, try: make run PORT=%d" % (port, port, other))


def main():
    parser = argparse.ArgumentParser(description="Make a fresh clone ready.")
    parser.add_argument("purpose", choices=["run", "dev"])
    parser.add_argument("--port", help="refuse to begin when this port is taken")
    options = parser.parse_args()
    development = options.purpose == "dev"
    if options.port is not None:
        check_port(options.port)
    if development:
        python_packages("requirements-dev.lock", contains="requirements.lock")
    else:
        python_packages("requirements.lock")
    if development or not vendor_ready():
        browser_packages(development)
    if not vendor_ready():
        vendor_files()
    translations()


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit("\n%s" % problem)
    except KeyboardInterrupt:
        sys.exit("\n已中断 / interrupted")
    except OSError as error:
        sys.exit("\n%s: %s" % (type(error).__name__, error))
