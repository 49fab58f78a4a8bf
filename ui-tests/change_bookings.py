"""Change one in ten bookings of the demo's production, as a day of work would."""

from __future__ import annotations

import os
from pathlib import Path

from headwater.demo.home import DemoHome
from headwater.demo.production import Production

if __name__ == "__main__":
    with Production(DemoHome(Path(os.environ["HEADWATER_HOME"])).production) as production:
        with production.connect() as connection:
            connection.execute("UPDATE bookings SET price = price + 1 WHERE booking_id % 10 = 0")
