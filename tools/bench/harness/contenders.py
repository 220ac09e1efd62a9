"""The simulated provider and everything that can stand in front of it."""

import os
from pathlib import Path

from .processes import Server, free_port

MODEL = "gpt-4o"
# What the simulator accepts; nginx and haproxy pass it on, Keywheel puts a key of its own.
CALLER = {"Authorization": "Bearer sk-sim-key-a"}
KEYS = ("a", "b", "c", "d")


class Factory:
    """Starts them, each with its files in a folder of its own under `folder`."""

    def __init__(self, keywheel, folder, contender_cores, load_cores):
        self.keywheel = str(keywheel)
        self._folder = Path(folder)
        self._contender_cores = contender_cores
        self._load_cores = load_cores
        self._started = 0

    def simulator(self, *options):
        port = free_port()
        command = [self.keywheel, "simulate", "--listen", f"127.0.0.1:{port}",
                   "--keys", str(len(KEYS)), *options]
        return self._start("simulator", command, port, self._load_cores)

    def nginx(self, upstream, workers=1, access_log=False, buffering=True, cores=None):
        port, home = free_port(), self._home()
        folders = "\n".join(
            f"  {name}_temp_path {home}/{name};"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        # As root nginx would give its workers to another user, who may not enter the folder.
        user = "user root;" if os.geteuid() == 0 else ""
        (home / "nginx.conf").write_text(f"""{user}
daemon off;
worker_processes {workers};
pid {home}/pid;
error_log {home}/error.log;
events {{ worker_connections 4096; }}
http {{
{folders}
  access_log {f"{home}/access.log" if access_log else "off"};
  keepalive_requests 1000000000;
  upstream provider {{
    server 127.0.0.1:{upstream};
    keepalive 512;
    keepalive_requests 1000000000;
  }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://provider;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering {"on" if buffering else "off"};
    }}
  }}
}}
""")
        command = ["nginx", "-p", str(home), "-e", f"{home}/error.log", "-c", f"{home}/nginx.conf"]
        return self._start("nginx", command, port, cores or self._contender_cores, home)

    def haproxy(self, upstream):
        port, home = free_port(), self._home()
        (home / "haproxy.cfg").write_text(f"""global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 10s
  timeout client 300s
  timeout server 300s
  http-reuse always
listen proxy
  bind 127.0.0.1:{port}
  server provider 127.0.0.1:{upstream}
""")
        command = ["haproxy", "-db", "-f", f"{home}/haproxy.cfg"]
        return self._start("haproxy", command, port, self._contender_cores, home)

    def keywheel_config(self, upstream):
        """A configuration with four keys: its path and the port for callers."""
        port, home = free_port(), self._home()
        keys = "\n".join(
            f'[[providers.simulator.keys]]\nname = "{key}"\napi_key = "sk-sim-key-{key}"\n'
            for key in KEYS)
        path = home / "keywheel.toml"
        path.write_text(f"""[server]
listen = "127.0.0.1:{port}"
state_dir = "{home}"
[admin]
listen = "127.0.0.1:{free_port()}"
token = "benchmark-only"
[providers.simulator]
dialect = "openai"
base_url = "http://127.0.0.1:{upstream}/v1"
{keys}
[models."{MODEL}"]
provider = "simulator"
""")
        return path, port

    def gateway(self, upstream, access_log=False, wrapper=(), ready_timeout=10.0):
        """`keywheel serve`, behind the command `wrapper` if there is one."""
        config, port = self.keywheel_config(upstream)
        level = "info" if access_log else "warning"
        command = [*wrapper, self.keywheel, "serve", "-c", str(config), "--log-level", level]
        return self._start("keywheel", command, port, self._contender_cores, config.parent,
                           ready_timeout)

    def _home(self):
        self._started += 1
        home = self._folder / str(self._started)
        home.mkdir()
        return home

    def _start(self, name, command, port, cores, home=None, ready_timeout=10.0):
        log = (home or self._home()) / f"{name}.log"
        return Server(command, port, cores, log, CALLER, ready_timeout)
