-- An airline's production. Everything is a function of row numbers, so that every build is the same.
CREATE TABLE airlines (carrier text PRIMARY KEY, name text NOT NULL);
CREATE TABLE airports (faa text PRIMARY KEY, name text NOT NULL, lat float8, lon float8, tzone text);
CREATE TABLE flights (
  flight_id int4, carrier text NOT NULL, flight int4 NOT NULL, tailnum text, origin text NOT NULL, dest text NOT NULL,
  departs timestamptz NOT NULL, distance int4 NOT NULL);
-- the flights are copied here
ALTER TABLE flights ADD PRIMARY KEY (flight_id),
  ADD FOREIGN KEY (carrier) REFERENCES airlines, ADD FOREIGN KEY (origin) REFERENCES airports;
CREATE INDEX ON flights (departs);

-- A number that looks like chance, from 0 to m - 1.
CREATE FUNCTION mix(h int8) RETURNS int8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN ((h # (h >> 15)) * 48271) % 2147483647;
CREATE FUNCTION pick(i int8, salt int8, m int8) RETURNS int8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN mix(mix((i * 2654435761 + salt * 2246822519) % 4294967296)) % m;
CREATE FUNCTION given(i int8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (ARRAY[
  'Amelia','Bessie','Charles','Harriet','Louis','Jacqueline','Igor','Hilde','Elly','Saburo','Valentina','Jerrie',
  'Robert','Maria','Anna','David','Linda','James','Sofia','Omar','Priya','Wei','Yuki','Carlos','Fatima','Lars',
  'Elena','Peter','Clara','Noah'])[1 + pick(i, 1, 30)];
-- Surnames that nobody has, so that one that is found outside can only have come from here.
CREATE FUNCTION surname(i int8) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (ARRAY['Quor','Brand','Velth','Ostr','Kaff','Mirel','Tolv','Zarn','Hesp','Lund','Drav','Fenw','Orsk','Pell','Yost',
         'Grim','Alder','Wexl','Sorn','Ingv'])[1 + pick(i, 2, 20)] ||
  (ARRAY['abrock','eldine','igmore','ovansky','uthane','ickwell','andrev','osteen','ulmark','ippard','enquist',
         'agliano','imbourne','orvath','ustwick','elgaard','onnegut','aszewski','iffany','erbohm'])[1 + pick(i, 3, 20)];

CREATE TABLE customers AS
SELECT i AS customer_id,
       lower(given(i)) || '.' || lower(surname(i)) || i || '@mail.example' AS email,
       given(i) AS first_name,
       surname(i) AS last_name,
       '+1 ' || (201 + pick(i, 4, 700)) || '-' || (200 + pick(i, 5, 800)) || '-' || lpad(pick(i, 6, 10000)::text, 4, '0')
         AS phone,
       date '1940-01-01' + (pick(i, 7, 24000))::int4 AS birth_date,
       (1 + pick(i, 8, 990)) || ' ' || surname(i + 7) || ' ' ||
         (ARRAY['Street','Avenue','Road','Lane'])[1 + pick(i, 9, 4)] AS address,
       (ARRAY['New York','Newark','Boston','Chicago','Atlanta','Miami','Denver','Seattle'])[1 + pick(i, 10, 8)] AS city,
       'US' AS country,
       chr((65 + pick(i, 11, 26))::int4) || lpad((10000000 + pick(i, 12, 89999999))::text, 8, '0') AS passport_no,
       (ARRAY['blue','silver','gold'])[1 + pick(i, 13, 3)] AS tier,
       -- The check digits are right: 98 less the rest of the number modulo 97.
       'DE' || lpad((98 - ((700500000000000000000000 + i * 7919::numeric * 1000000 + 131400) % 97))::text, 2, '0')
         || lpad((700500000000000000 + i * 7919::numeric)::text, 18, '0') AS settlement,
       lower(surname(i)) || '_' || i || '@members.example' AS login,
       given(i + 3) || ' ' || surname(i) AS display,
       timestamptz '2012-01-01 08:00+00' + pick(i, 14, 31000000) * interval '1 second' AS joined,
       jsonb_build_object('seat', (ARRAY['aisle','window'])[1 + pick(i, 15, 2)], 'meals', pick(i, 16, 4),
         'emergency', jsonb_build_object('reach', '+44 20 ' || lpad(pick(i, 17, 10000)::text, 4, '0') || ' '
           || lpad(i::text, 6, '0'), 'relation', (ARRAY['partner','parent','friend'])[1 + pick(i, 18, 3)])) AS profile,
       CASE WHEN i % 3 = 0 THEN 'prefers mail to ' || lower(surname(i + 11)) || i || '@private.example, no calls after 8'
            WHEN i % 3 = 1 THEN 'asked twice about upgrades' END AS remarks
  FROM generate_series(1, 40000::int8) i;
ALTER TABLE customers ADD PRIMARY KEY (customer_id), ALTER email SET NOT NULL, ADD UNIQUE (email);
COMMENT ON TABLE customers IS 'Everybody who ever booked';

CREATE TABLE bookings AS
SELECT i AS booking_id,
       1 + pick(i, 21, 40000) AS customer_id,
       (1 + pick(i, 22, 336776))::int4 AS flight_id,
       timestamptz '2012-09-01 00:00+00' + pick(i, 23, 36000000) * interval '1 second' AS booked_at,
       (1 + pick(i, 24, 38)) || chr((65 + pick(i, 25, 6))::int4) AS seat,
       (ARRAY['economy','economy','economy','economy','premium','business'])[1 + pick(i, 26, 6)] AS fare_class,
       (49 + pick(i, 27, 90000) / 100.0)::numeric(9, 2) AS price,
       (ARRAY['flown','flown','flown','flown','cancelled','no show'])[1 + pick(i, 28, 6)] AS status,
       given(i) || ' ' || surname(i) || ' ' || surname(i + 5) AS passenger,
       '+1 ' || (201 + pick(i, 29, 700)) || ' 555 ' || lpad(i::text, 7, '0') AS reach,
       CASE WHEN i % 4 = 0 THEN 'wheelchair for ' || given(i + 1) || ' ' || surname(i + 9) || ', meet at the gate'
            WHEN i % 4 = 1 THEN 'vegetarian meal' END AS special_request,
       jsonb_build_object('bags', pick(i, 30, 3), 'documents', jsonb_build_array(jsonb_build_object(
         'kind', 'passport', 'number', 'P' || lpad((20000000 + i)::text, 8, '0')))) AS extras,
       2010000000 + pick(i, 31, 7000) * 1000000 + i % 1000000 AS legacy_ref
  FROM generate_series(1, 1000000::int8) i;
ALTER TABLE bookings ADD PRIMARY KEY (booking_id), ALTER customer_id SET NOT NULL, ALTER flight_id SET NOT NULL;
ALTER TABLE bookings ADD FOREIGN KEY (customer_id) REFERENCES customers, ADD FOREIGN KEY (flight_id) REFERENCES flights;
CREATE INDEX ON bookings (customer_id);
COMMENT ON TABLE bookings IS 'One row a passenger and flight';

-- The last digit that makes a number of 15 digits a card number (Luhn).
CREATE FUNCTION checked(n text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN n || (
  SELECT ((10 - sum(CASE WHEN p % 2 = 1 THEN d * 2 - CASE WHEN d > 4 THEN 9 ELSE 0 END ELSE d END) % 10) % 10)::text
    FROM (SELECT p, substr(n, p, 1)::int4 AS d FROM generate_series(1, 15) p) digits);
CREATE TABLE payments AS
SELECT i AS payment_id,
       i * 4 AS booking_id,
       (49 + pick(i, 41, 90000) / 100.0)::numeric(9, 2) AS amount,
       (ARRAY['USD','USD','USD','EUR','CAD'])[1 + pick(i, 42, 5)] AS currency,
       (ARRAY['card','card','transfer'])[1 + pick(i, 43, 3)] AS method,
       timestamptz '2012-09-01 00:00+00' + pick(i * 4, 23, 36000000) * interval '1 second' AS paid_at,
       checked('4' || lpad((pick(i, 44, 99999999) * 1000000 + i)::text, 14, '0')) AS card_number,
       checked('5' || lpad((pick(i, 45, 99999999) * 1000000 + i)::text, 14, '0'))::int8 AS trace,
       CASE WHEN i % 3 = 0 THEN 'refund to DE' || lpad((98 - ((370400440000000000000000 + i * 1000000::numeric + 131400)
         % 97))::text, 2, '0') || lpad((370400440000000000 + i)::text, 18, '0') || ' on request'
         WHEN i % 3 = 1 THEN 'paid in full' END AS memo
  FROM generate_series(1, 100000::int8) i;
ALTER TABLE payments ADD PRIMARY KEY (payment_id), ALTER booking_id SET NOT NULL,
  ADD FOREIGN KEY (booking_id) REFERENCES bookings;
COMMENT ON TABLE payments IS 'What was paid for a booking';

DROP FUNCTION checked; DROP FUNCTION surname; DROP FUNCTION given; DROP FUNCTION pick; DROP FUNCTION mix;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO headwater_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO headwater_reader;
DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
            EXECUTE format('GRANT CONNECT ON DATABASE %I TO headwater_reader', current_database()); END $$;
ANALYZE;
