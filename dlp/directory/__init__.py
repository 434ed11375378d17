"""Who and where: people, their accounts, and the register of chats."""
