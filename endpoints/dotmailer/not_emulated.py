"""Names that dotmailer's API answered and the emulator does not: the first part of the path."""

from legacygrid.registry.not_emulated import Gap

_FOLDERS = (
    "accounts address-books campaigns contact-journey contacts contacts-transactional-data"
    " custom-from-addresses data-fields document-folders email image-folders preferences programs"
    " segments sms-messages surveys templates transactional-data"
)

NOT_EMULATED = (
    Gap(
        "/v2/",
        frozenset(_FOLDERS.split()),
        "dotmailer's API",
        by_first_part=True,
        family="dotmailer",
    ),
)
