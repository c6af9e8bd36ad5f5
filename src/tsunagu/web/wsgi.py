"""What the web server loads: the desk of the home that `TSUNAGU_HOME` names."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.web.settings")
application = get_wsgi_application()
