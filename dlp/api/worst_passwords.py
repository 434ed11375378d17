"""The passwords that are tried first: those of public lists that our length and repetition would let pass, ru and en."""

from __future__ import annotations

from typing import Final

WORST: Final = frozenset(
    """
    password passw0rd p@ssw0rd p@ssword password1 passwort qwerty qwertyuiop qwertyuiopasdfgh qwertyuiopasdfghjkl
    qwerty123 qwertyqwerty 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qaz2wsx3edc4rfv qazwsx qazwsxedc
    qazwsxedcrfv zaq12wsx zaq1zaq1 zxcvbnm asdfghjkl asdfghjklzxcvbnm asdfasdf 123456 1234567 12345678 123456789
    1234567890 12345678910 123456789012 1234567890123 0123456789 012345678901 0987654321 987654321 9876543210
    987654321098 123123 123321 112233 121212 131313 123qwe 123qweasd 123qweasdzxc qwe123 qweasd qweasdzxc q1w2e3r4
    q1w2e3r4t5 q1w2e3r4t5y6 a1b2c3d4 abc123 abcdef abcdefgh abcdefghijkl abcd1234 iloveyou iloveyou1 letmein
    letmeinplease welcome welcome1 welcomeback administrator admin admin123 adminadmin rootroot root toor superuser user
    useruser guest default changeme changemenow changeit secret secretsecret topsecret trustno1 monkey dragon dragonfly
    football baseball basketball superman spiderman batman starwars princess sunshine master master123 shadow michael
    jordan jennifer hunter2 correcthorsebatterystaple correcthorse whatever freedom forever computer internet samsung
    google googlegoogle facebook microsoft windows linux ubuntu test testtest testing testtesttest temp temporary demo
    demodemo company corporate office security letmein123 login loginlogin summer winter spring autumn january february
    monday friday hello helloworld hello123 mypassword mypassword1 thisismypassword passwordpassword password123
    password1234 password12345 pass1234 passpass 1password yourpassword newpassword oldpassword пароль парольпароль
    мойпароль пароль123 йцукен йцукенгшщз йцукенгшщзх йцукенгшщзхъ фывапролджэ ячсмитьбю фыва фывафыва привет
    приветпривет любовь любимая любимый солнышко наташа наталья светлана екатерина александр александра максим
    администратор админ секрет секретно компания россия москва спартак зенит cska spartak zenit lokomotiv gfhjkm
    gfhjkmgfhjkm ghbdtn ghbdtnghbdtn yfnfif vfrcbv vfhbyf rjvgfybz jhbjy k.,jdm cjkysirj parol parolparol privet
    privetprivet natasha svetlana
    """.split()
)
