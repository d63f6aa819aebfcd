"""Django's own bases with their type parameters given: the type checker asks for them, and at run time they take none."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin

if TYPE_CHECKING:
    Page = admin.ModelAdmin[Any]
    StackedPart = admin.StackedInline[Any, Any]
    TabularPart = admin.TabularInline[Any, Any]
    RowForm = forms.ModelForm[Any]
    RowFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    Page = admin.ModelAdmin
    StackedPart = admin.StackedInline
    TabularPart = admin.TabularInline
    RowForm = forms.ModelForm
    RowFormSet = forms.BaseInlineFormSet

__all__ = ["Page", "RowForm", "RowFormSet", "StackedPart", "TabularPart"]
