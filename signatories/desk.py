"""The admin site of the staff: its home page says what waits."""

from django.contrib import admin


class DeskSite(admin.AdminSite):
    pass
