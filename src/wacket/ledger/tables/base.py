"""What every table belongs to; it is what the migrations are compared with."""

from sqlalchemy import MetaData

metadata = MetaData()
