"""The simulated provider and everything that can stand in front of it."""

import os
import re
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

    def limited_provider(self, script):
        """The simulator with a script of its own, which names its keys and their limits."""
        port, home = free_port(), self._home()
        (home / "provider.toml").write_text(f'listen = "127.0.0.1:{port}"\n{script}')
        command = [self.keywheel, "simulate", "-c", str(home / "provider.toml")]
        key = re.search(r'^secret = "(.*)"$', script, re.MULTILINE)[1]
        return self._start("simulator", command, port, self._load_cores, home,
                           headers={"Authorization": f"Bearer {key}"})

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
events {{ worker_connections 16384; }}
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

    def rotating_nginx(self, upstream, secrets, pause):
        """What people build with nginx: one loopback server per key, a key that answers 429 is
        left alone for `pause`, and the request goes on with the next."""
        port, home = free_port(), self._home()
        inner = [free_port() for _ in secrets]
        folders = "\n".join(
            f"  {name}_temp_path {home}/{name};"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.geteuid() == 0 else ""
        servers = "\n".join(f"    server 127.0.0.1:{at} max_fails=1 fail_timeout={pause}s;"
                            for at in inner)
        keys = "\n".join(f"""  server {{
    listen 127.0.0.1:{at};
    location / {{
      proxy_pass http://provider;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer {secret}";
    }}
  }}""" for at, secret in zip(inner, secrets))
        (home / "nginx.conf").write_text(f"""{user}
daemon off;
worker_processes 1;
pid {home}/pid;
error_log {home}/error.log;
events {{ worker_connections 16384; }}
http {{
{folders}
  access_log off;
  upstream provider {{ server 127.0.0.1:{upstream}; keepalive 512; }}
  upstream keys {{
{servers}
    keepalive 512;
  }}
{keys}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://keys;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_next_upstream error timeout http_429 non_idempotent;
    }}
  }}
}}
""")
        command = ["nginx", "-p", str(home), "-e", f"{home}/error.log", "-c", f"{home}/nginx.conf"]
        return self._start("nginx", command, port, self._contender_cores, home)

    def balancer(self, upstream, keys, minute, clients):
        """`keywheel serve` over these keys, told nothing of their limits."""
        port, home = free_port(), self._home()
        tables = "\n".join(
            f'[[providers.simulator.keys]]\nname = "{key.name}"\napi_key = "{key.secret}"\n'
            for key in keys)
        callers = "\n".join(f'[[clients]]\nname = "{name}"\ntoken = "{token}"\n'
                            for name, token in clients.items())
        path = home / "keywheel.toml"
        path.write_text(f"""[server]
listen = "127.0.0.1:{port}"
state_dir = "{home}"
[admin]
listen = "127.0.0.1:{free_port()}"
token = "benchmark-only"
[cooldown]
rate_limit = "{minute * 1000:.0f}ms"
[waiting_line]
max_wait = "{minute * 500:.0f}ms"
[providers.simulator]
dialect = "openai"
base_url = "http://127.0.0.1:{upstream}/v1"
{tables}
[models."{MODEL}"]
provider = "simulator"
{callers}
""")
        command = [self.keywheel, "serve", "-c", str(path), "--log-level", "warning"]
        token = next(iter(clients.values()), "")
        return self._start("keywheel", command, port, self._contender_cores, home,
                           headers={"Authorization": f"Bearer {token}"})

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

    def _start(self, name, command, port, cores, home=None, ready_timeout=10.0, headers=None):
        log = (home or self._home()) / f"{name}.log"
        return Server(command, port, cores, log, headers or CALLER, ready_timeout)
