"""Django settings of this installation: the fixed ones, and what its home and its environment say.

`TSUNAGU_HOME` names the home; `TSUNAGU_HOSTS` the names under which the desk is opened, separated by commas;
`TSUNAGU_DEMO_DAY` the day on which a fictional city stands still.
The process is given the application's login and no other.
"""

import os

from tsunagu.database.logins import Login
from tsunagu.database.server import find_server
from tsunagu.jobs.uploads import make_sending_folder
from tsunagu.web.fixed_settings import *  # Django reads one module's names
from tsunagu.web.installation import (
    find_provider,
    get_demo_day,
    get_home,
    list_hosts,
    read_secret_key,
    read_two_step_key,
)

_home = get_home(os.environ)
_address = find_server(_home, Login.APP).parts(Login.APP)

HOME = _home
DEMO_DAY = get_demo_day(_home, os.environ)
SECRET_KEY = read_secret_key(_home)
IDENTITY_PROVIDER, IDENTITY_PROVIDER_SECRET = find_provider(_home)
TWO_STEP_KEY = read_two_step_key(_home)
FILE_UPLOAD_TEMP_DIR = make_sending_folder(_home)
ALLOWED_HOSTS = list_hosts(os.environ)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _address.pop("dbname"),
        "USER": _address.pop("user"),
        "PASSWORD": _address.pop("password", ""),
        "HOST": _address.pop("host", ""),
        "PORT": _address.pop("port", ""),
        "OPTIONS": {**_address, **PLANNED_ONCE},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
}
