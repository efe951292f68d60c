"""What residents, the desk and doctors fill in about a refill."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from consult.forms.words import WordsField
from portal.terminology import parameters
from refill.models import RefillRequest
from refill.requesting import Wish
from refill.rules import Answers
from refill.triaging import Readings

MOST_MEDICINES = 30


class ChooseForm(forms.Form):
    """Which medicines: their marks, never their names."""

    medicine = forms.MultipleChoiceField(
        error_messages={
            "required": _lazy("Choose the medicines you need first."),
            "invalid_choice": _lazy("This has changed meanwhile. Please choose again."),
        }
    )

    def __init__(self, *args: Any, marks: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(mark, mark) for mark in marks]
        self.fields["medicine"].choices = choices  # type: ignore[attr-defined]


class YesNoField(forms.TypedChoiceField):
    """Yes or no, nothing chosen beforehand."""

    def __init__(self, label: Any, *, yes: Any, no: Any, **kwargs: Any) -> None:
        super().__init__(
            label=label,
            choices=[("no", no), ("yes", yes)],
            coerce=lambda word: word == "yes",
            widget=forms.RadioSelect,
            error_messages={"required": _lazy("Please answer yes or no.")},
            **kwargs,
        )


class QuestionsForm(forms.Form):
    """The four questions before each issue (R72), in plain words."""

    changed = YesNoField(
        _lazy("Do you take your medicine as it was written?"),
        no=_lazy("Yes, as written"),
        yes=_lazy("No, differently"),
    )
    problem = YesNoField(
        _lazy("Do you have a new complaint or a side effect?"), no=_lazy("No"), yes=_lazy("Yes")
    )
    elsewhere = YesNoField(
        _lazy("A new medicine, a hospital stay or another doctor since last time?"),
        no=_lazy("No"),
        yes=_lazy("Yes"),
    )
    pregnant = YesNoField(
        _lazy("May you be pregnant, or do you breastfeed?"), no=_lazy("No"), yes=_lazy("Yes")
    )
    words = WordsField(
        required=False,
        max_length=500,
        label=_lazy("What your doctor should know"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    systolic = forms.IntegerField(
        required=False, min_value=50, max_value=280, label=_lazy("Blood pressure, upper number")
    )
    diastolic = forms.IntegerField(
        required=False, min_value=30, max_value=180, label=_lazy("Blood pressure, lower number")
    )
    glucose = forms.DecimalField(
        required=False,
        min_value=Decimal(1),
        max_value=Decimal(50),
        decimal_places=1,
        label=_lazy("Blood sugar before breakfast, mmol/L"),
    )
    weight = forms.DecimalField(
        required=False,
        min_value=Decimal(20),
        max_value=Decimal(300),
        decimal_places=1,
        label=_lazy("Weight, kg"),
    )
    early = forms.ChoiceField(
        choices=RefillRequest.Early.choices[1:],
        widget=forms.RadioSelect,
        label=_lazy("Why do you need it early?"),
    )
    weeks = forms.IntegerField(
        initial=4,
        min_value=1,
        max_value=99,
        label=_lazy("For how many weeks?"),
        help_text=_lazy("Usually 4. More than 4 needs your doctor's check and your signature."),
    )
    basket = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        is_early: bool = False,
        asks_leave: bool = False,
        asks_pregnancy: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asks_leave = asks_leave
        if asks_leave:
            self.fields["words"].required = True
            self.fields["words"].label = _("Tell your doctor: when you leave and for how long, how much you lost, or what was changed")  # fmt: skip  # noqa: E501
        if not is_early:
            del self.fields["early"]
        if not asks_pregnancy:
            del self.fields["pregnant"]
        self.initial.setdefault("basket", uuid.uuid4())

    def clean_weeks(self) -> int:
        """Never over twelve weeks (R61)."""
        weeks: int = self.cleaned_data["weeks"]
        most = int(parameters.value("ltp.days_max")) // 7
        if weeks > most:
            raise forms.ValidationError(
                _("Never for more than %(weeks)s weeks at once. Choose a shorter time.")
                % {"weeks": most}
            )
        return weeks

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        high, low = said.get("systolic"), said.get("diastolic")
        if (high is None) != (low is None) and not {"systolic", "diastolic"} & set(self.errors):
            self.add_error("systolic", _("Write both numbers of the blood pressure, or none."))
        elif high is not None and low is not None and low >= high:
            self.add_error("systolic", _("The upper number is the larger one."))
        return said

    def answers(self) -> Answers:
        said = self.cleaned_data
        return Answers(
            takes_as_written=not said["changed"],
            has_new_problem=said["problem"],
            saw_another_doctor=said["elsewhere"],
            may_be_pregnant=said.get("pregnant", False),
        )

    def readings(self) -> Readings:
        said = self.cleaned_data
        return Readings(said["systolic"], said["diastolic"], said["glucose"], said["weight"])

    def wish(self, **more: Any) -> Wish:
        said = self.cleaned_data
        return Wish(
            days=said["weeks"] * 7,
            early=said.get("early", ""),
            words=said["words"],
            basket=said["basket"],
            for_leave=self.asks_leave,
            **more,
        )


class FindForm(forms.Form):
    """Who is on the telephone, or at the counter: a number and the birthday, both."""

    number = forms.CharField(
        max_length=40, label=_lazy("Record number, identity number or mobile number")
    )
    birth_date = forms.DateField(
        label=_lazy("Birthday"), widget=forms.DateInput(attrs={"type": "date"})
    )


class OriginForm(forms.Form):
    """Who asked, and how."""

    channel = forms.ChoiceField(
        choices=[
            (RefillRequest.Channel.TELEPHONE, RefillRequest.Channel.TELEPHONE.label),
            (RefillRequest.Channel.COUNTER, RefillRequest.Channel.COUNTER.label),
        ],
        label=_lazy("How was it asked?"),
    )
    caller = WordsField(
        max_length=100, label=_lazy("Who asked (name, and who they are)"), widget=forms.TextInput
    )


class AllowForm(forms.Form):
    """The doctor's own reason to open the door early (R68)."""

    def __init__(self, *args: Any, is_early: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["early_reason"].required = is_early

    early_reason = WordsField(
        required=False,
        max_length=200,
        label=_lazy("Why you allow it early"),
        widget=forms.TextInput,
    )
