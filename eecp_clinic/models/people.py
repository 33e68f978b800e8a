"""People who log in, and what each is at which clinic."""

import pghistory
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from eecp_clinic.models.clinic import Clinic, validate_npi
from eecp_clinic.roles import Role


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractUser):
    """A member of staff, with what stands behind their signature."""

    email = models.EmailField(_("e-mail"), unique=True)
    credentials = models.CharField(
        _("credentials"),
        max_length=40,
        blank=True,
        help_text=_("As they stand behind the name, such as RN or MD"),
    )
    npi = models.CharField(_("NPI"), max_length=10, blank=True, validators=[validate_npi])
    specialty = models.CharField(_("specialty"), max_length=80, blank=True)

    def __str__(self) -> str:
        return self.signing_name

    @property
    def signing_name(self) -> str:
        """Name and credentials as a signature shows them: 'Rita Sample, RN'."""
        name = self.get_full_name() or self.username
        return f"{name}, {self.credentials}" if self.credentials else name

    @property
    def short_name(self) -> str:
        """'R. Sample, RN', for the head of the page."""
        name = (
            f"{self.first_name[:1]}. {self.last_name}"
            if self.first_name and self.last_name
            else self.username
        )
        return f"{name}, {self.credentials}" if self.credentials else name

    def roles_at(self, clinic: Clinic) -> frozenset[str]:
        """The roles this person holds at ``clinic``."""
        return frozenset(
            Membership.objects.filter(user=self, clinic=clinic, user__is_active=True).values_list(
                "role", flat=True
            )
        )


@pghistory.track()
class Membership(models.Model):
    """One role of one person at one clinic."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    class Meta:
        ordering = ["clinic", "user", "role"]
        constraints = [
            models.UniqueConstraint(fields=["user", "clinic", "role"], name="membership_once_per_role"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} at {self.clinic_id}"
