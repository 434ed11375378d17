"""Ways to reach a person: phone, mail, address; and the date of birth that stands beside them."""
