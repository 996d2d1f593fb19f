-- A small EspoCRM database, made up: the columns that the profile reads. Why each person is there, expected.yaml tells.
CREATE TABLE "contact" (
  "id" varchar(24) PRIMARY KEY, "first_name" varchar(100), "last_name" varchar(100), "description" text, "do_not_call" boolean,
  "address_street" text, "address_state" varchar(255), "address_country" varchar(255), "created_at" timestamp NULL, "modified_at" timestamp NULL,
  "assigned_user_id" varchar(24), "deleted" boolean);
INSERT INTO "contact" VALUES
  ('65a1b2c3d4e5f6c01', 'Anna', 'Optout', NULL, false, 'Weg 1', NULL, 'Germany', '2025-01-01 08:00:00', '2026-01-01 08:00:00', '65a1b2c3d4e5f60a6', false),
  ('65a1b2c3d4e5f6c02', 'Ben', 'Nowhere', NULL, false, NULL, NULL, NULL, '2025-01-01 08:00:00', '2026-01-01 08:00:00', '65a1b2c3d4e5f60a6', false),
  ('65a1b2c3d4e5f6c03', 'Clara', 'Deleted', NULL, false, NULL, NULL, 'Germany', '2025-01-01 08:00:00', '2026-01-01 08:00:00', '65a1b2c3d4e5f60a6', true),
  ('65a1b2c3d4e5f6c04', 'Dora', 'Stateless', NULL, false, NULL, NULL, 'United States', '2025-01-01 08:00:00', '2026-01-01 08:00:00', '65a1b2c3d4e5f60a6', false),
  ('65a1b2c3d4e5f6c05', 'Emil', 'Idle', 'Talks of his back pain.', false, NULL, NULL, 'Germany', '2018-01-01 08:00:00', '2026-09-01 08:00:00', '65a1b2c3d4e5f60a6', false),
  ('65a1b2c3d4e5f6c06', 'Fritz', 'Orphaned', NULL, false, NULL, NULL, 'Germany', '2025-01-01 08:00:00', '2026-01-01 08:00:00', '65a1b2c3d4e5f60a7', false),
  ('65a1b2c3d4e5f6c07', 'Gina', 'Contradicted', NULL, false, NULL, NULL, 'Germany', '2025-01-01 08:00:00', '2026-01-01 08:00:00', '65a1b2c3d4e5f60a6', false),
  ('65a1b2c3d4e5f6c08', 'Hugo', 'Imported', NULL, false, NULL, NULL, 'Germany', '2025-01-01 08:00:00', '2026-01-01 08:00:00', '65a1b2c3d4e5f60a6', false),
  ('65a1b2c3d4e5f6c09', 'Ida', 'Gone', NULL, false, NULL, NULL, 'Germany', '2025-01-01 08:00:00', '2026-01-01 08:00:00', '65a1b2c3d4e5f60a6', false),
  ('65a1b2c3d4e5f6c10', 'Jana', 'Stays', NULL, false, NULL, NULL, 'Germany', '2025-01-01 08:00:00', '2026-01-01 08:00:00', '65a1b2c3d4e5f60a6', false),
  ('65a1b2c3d4e5f6c11', 'Karl', 'Sharing', NULL, false, NULL, NULL, 'Germany', '2025-01-01 08:00:00', '2026-01-01 08:00:00', '65a1b2c3d4e5f60a6', false),
  ('65a1b2c3d4e5f6c12', 'Lena', 'Calm', NULL, NULL, NULL, NULL, 'Germany', '2018-01-01 08:00:00', '2018-01-01 08:00:00', '65a1b2c3d4e5f60a6', false),
  ('65a1b2c3d4e5f6c13', 'Quinn', 'California', NULL, false, NULL, 'California', 'USA', '2025-01-01 08:00:00', '2026-01-01 08:00:00', '65a1b2c3d4e5f60a6', false);
CREATE TABLE "lead" (
  "id" varchar(24) PRIMARY KEY, "first_name" varchar(100), "last_name" varchar(100), "status" varchar(255), "description" text, "do_not_call" boolean,
  "address_street" text, "address_state" varchar(255), "address_country" varchar(255), "created_at" timestamp NULL, "modified_at" timestamp NULL,
  "assigned_user_id" varchar(24), "deleted" boolean);
INSERT INTO "lead" VALUES
  ('65a1b2c3d4e5f6d01', 'Nora', 'Cold', 'In Process', NULL, true, NULL, NULL, 'Germany', '2022-01-01 08:00:00', '2022-03-01 08:00:00', '65a1b2c3d4e5f60a6', false),
  ('65a1b2c3d4e5f6d02', 'Otto', 'Converted', 'Converted', NULL, false, NULL, NULL, 'Germany', '2022-01-01 08:00:00', '2022-03-01 08:00:00', '65a1b2c3d4e5f60a6', false),
  ('65a1b2c3d4e5f6d03', NULL, NULL, 'Dead', NULL, false, NULL, NULL, 'Germany', '2022-01-01 08:00:00', '2022-03-01 08:00:00', '65a1b2c3d4e5f60a6', true);

CREATE TABLE "email_address" ("id" varchar(24) PRIMARY KEY, "name" varchar(255), "lower" varchar(255), "invalid" boolean, "opt_out" boolean, "deleted" boolean);
INSERT INTO "email_address" VALUES
  ('65a1b2c3d4e5f6e01', 'Anna@client.example', 'anna@client.example', false, true, false), ('65a1b2c3d4e5f6e02', 'ben@client.example', 'ben@client.example', false, false, false),
  ('65a1b2c3d4e5f6e05', 'emil@client.example', 'emil@client.example', false, false, false), ('65a1b2c3d4e5f6e08', 'hugo@client.example', 'hugo@client.example', false, false, false),
  ('65a1b2c3d4e5f6e09', 'ida@client.example', 'ida@client.example', false, false, false), ('65a1b2c3d4e5f6e10', 'jana@client.example', 'jana@client.example', false, false, false),
  ('65a1b2c3d4e5f6e11', 'karl@client.example', 'karl@client.example', false, true, false), ('65a1b2c3d4e5f6e12', 'lena@client.example', 'lena@client.example', false, false, false),
  ('65a1b2c3d4e5f6e13', 'lena@old.example', 'lena@old.example', false, true, false), ('65a1b2c3d4e5f6e99', 'sam@own.example', 'sam@own.example', false, false, false);
CREATE TABLE "entity_email_address" ("id" integer PRIMARY KEY, "entity_id" varchar(24), "email_address_id" varchar(24), "entity_type" varchar(100), "primary" boolean, "deleted" boolean);
INSERT INTO "entity_email_address" VALUES
  (1, '65a1b2c3d4e5f6c01', '65a1b2c3d4e5f6e01', 'Contact', true, false), (2, '65a1b2c3d4e5f6c02', '65a1b2c3d4e5f6e02', 'Contact', true, false), (5, '65a1b2c3d4e5f6c05', '65a1b2c3d4e5f6e05', 'Contact', true, false),
  (8, '65a1b2c3d4e5f6c08', '65a1b2c3d4e5f6e08', 'Contact', true, false), (9, '65a1b2c3d4e5f6c09', '65a1b2c3d4e5f6e09', 'Contact', true, false), (10, '65a1b2c3d4e5f6c10', '65a1b2c3d4e5f6e10', 'Contact', true, false),
  (11, '65a1b2c3d4e5f6c11', '65a1b2c3d4e5f6e11', 'Contact', true, false), (12, '65a1b2c3d4e5f6c12', '65a1b2c3d4e5f6e12', 'Contact', true, false), (13, '65a1b2c3d4e5f6c12', '65a1b2c3d4e5f6e13', 'Contact', false, false),
  (14, '65a1b2c3d4e5f60a6', '65a1b2c3d4e5f6e99', 'User', true, false), (15, '65a1b2c3d4e5f6c04', '65a1b2c3d4e5f6e11', 'Contact', true, true);
CREATE TABLE "phone_number" ("id" varchar(24) PRIMARY KEY, "name" varchar(36), "type" varchar(255), "numeric" varchar(36), "invalid" boolean, "opt_out" boolean, "deleted" boolean);
INSERT INTO "phone_number" VALUES ('65a1b2c3d4e5f6f07', '+33 1 70 18 99 00', 'Mobile', '33170189900', false, true, false);
CREATE TABLE "entity_phone_number" ("id" integer PRIMARY KEY, "entity_id" varchar(24), "phone_number_id" varchar(24), "entity_type" varchar(100), "primary" boolean, "deleted" boolean);
INSERT INTO "entity_phone_number" VALUES (1, '65a1b2c3d4e5f6c07', '65a1b2c3d4e5f6f07', 'Contact', true, false);

CREATE TABLE "target_list" ("id" varchar(24) PRIMARY KEY, "name" varchar(255), "deleted" boolean);
INSERT INTO "target_list" VALUES ('65a1b2c3d4e5f601a', 'News', false), ('65a1b2c3d4e5f601b', 'Offers', false), ('65a1b2c3d4e5f601c', 'Of old', true);
CREATE TABLE "contact_target_list" ("id" integer PRIMARY KEY, "contact_id" varchar(24), "target_list_id" varchar(24), "opted_out" boolean, "deleted" boolean);
INSERT INTO "contact_target_list" VALUES
  (1, '65a1b2c3d4e5f6c01', '65a1b2c3d4e5f601a', false, false), (2, '65a1b2c3d4e5f6c08', '65a1b2c3d4e5f601a', false, false), (3, '65a1b2c3d4e5f6c09', '65a1b2c3d4e5f601a', true, false), (4, '65a1b2c3d4e5f6c09', '65a1b2c3d4e5f601b', true, false),
  (5, '65a1b2c3d4e5f6c10', '65a1b2c3d4e5f601a', true, false), (6, '65a1b2c3d4e5f6c10', '65a1b2c3d4e5f601b', false, false), (7, '65a1b2c3d4e5f6c11', '65a1b2c3d4e5f601c', false, false), (8, '65a1b2c3d4e5f6c12', '65a1b2c3d4e5f601a', NULL, NULL), (9, '65a1b2c3d4e5f6c11', '65a1b2c3d4e5f601b', false, true);
CREATE TABLE "lead_target_list" ("id" integer PRIMARY KEY, "lead_id" varchar(24), "target_list_id" varchar(24), "opted_out" boolean, "deleted" boolean);
CREATE TABLE "import_entity" ("id" varchar(24) PRIMARY KEY, "entity_id" varchar(24), "entity_type" varchar(100), "import_id" varchar(24), "is_imported" boolean, "is_updated" boolean, "deleted" boolean);
INSERT INTO "import_entity" VALUES ('65a1b2c3d4e5f609a', '65a1b2c3d4e5f6c08', 'Contact', '9', true, false, false);
CREATE TABLE "lead_capture" ("id" varchar(24) PRIMARY KEY, "name" varchar(100), "subscribe_to_target_list" boolean, "deleted" boolean);
INSERT INTO "lead_capture" VALUES ('65a1b2c3d4e5f607a', 'Newsletter', true, false), ('65a1b2c3d4e5f607b', 'Callback', false, false);
CREATE TABLE "lead_capture_log_record" ("id" varchar(24) PRIMARY KEY, "data" text, "created_at" timestamp NULL, "lead_capture_id" varchar(24), "target_id" varchar(24), "target_type" varchar(100), "deleted" boolean);
INSERT INTO "lead_capture_log_record" VALUES
  ('65a1b2c3d4e5f6071', '{"emailAddress": "ida@client.example"}', '2026-01-10 10:00:00', '65a1b2c3d4e5f607a', '65a1b2c3d4e5f6c09', 'Contact', false),
  ('65a1b2c3d4e5f6072', '{"emailAddress": "jana@client.example"}', '2026-01-10 10:00:00', '65a1b2c3d4e5f607a', '65a1b2c3d4e5f6c10', 'Contact', false),
  ('65a1b2c3d4e5f6073', '{"emailAddress": "anna@client.example"}', '2025-01-10 10:00:00', '65a1b2c3d4e5f607a', '65a1b2c3d4e5f6c01', 'Contact', false),
  ('65a1b2c3d4e5f6074', '{"emailAddress": "lena@client.example"}', '2025-06-10 10:00:00', '65a1b2c3d4e5f607a', '65a1b2c3d4e5f6c12', 'Contact', false),
  ('65a1b2c3d4e5f6075', '{"emailAddress": "hugo@client.example"}', '2026-01-10 10:00:00', '65a1b2c3d4e5f607b', '65a1b2c3d4e5f6c08', 'Contact', false);
CREATE TABLE "mass_email" ("id" varchar(24) PRIMARY KEY, "name" varchar(255), "opt_out_entirely" boolean, "deleted" boolean);
INSERT INTO "mass_email" VALUES ('65a1b2c3d4e5f608a', 'March', true, false), ('65a1b2c3d4e5f608b', 'May', false, false);
CREATE TABLE "email_queue_item" (
  "id" varchar(24) PRIMARY KEY, "mass_email_id" varchar(24), "status" varchar(255), "target_id" varchar(24), "target_type" varchar(100), "sent_at" timestamp NULL,
  "email_address" varchar(255), "is_test" boolean, "deleted" boolean);
INSERT INTO "email_queue_item" VALUES
  ('65a1b2c3d4e5f6080', '65a1b2c3d4e5f608a', 'Sent', '65a1b2c3d4e5f6c01', 'Contact', '2026-03-01 10:00:00', 'anna@client.example', false, false),
  ('65a1b2c3d4e5f6081', '65a1b2c3d4e5f608b', 'Sent', '65a1b2c3d4e5f6c01', 'Contact', '2026-05-01 10:00:00', 'anna@client.example', false, false),
  ('65a1b2c3d4e5f6082', '65a1b2c3d4e5f608b', 'Sent', '65a1b2c3d4e5f6c08', 'Contact', '2026-05-01 10:00:00', 'hugo@client.example', false, false),
  ('65a1b2c3d4e5f6083', '65a1b2c3d4e5f608a', 'Sent', '65a1b2c3d4e5f6c09', 'Contact', '2026-03-01 10:00:00', 'ida@client.example', false, false),
  ('65a1b2c3d4e5f6084', '65a1b2c3d4e5f608b', 'Sent', '65a1b2c3d4e5f6c09', 'Contact', '2026-05-01 10:00:00', 'ida@client.example', false, false),
  ('65a1b2c3d4e5f6085', '65a1b2c3d4e5f608b', 'Sent', '65a1b2c3d4e5f6c10', 'Contact', '2026-05-01 10:00:00', 'jana@client.example', false, false),
  ('65a1b2c3d4e5f6086', '65a1b2c3d4e5f608b', 'Failed', '65a1b2c3d4e5f6c11', 'Contact', NULL, 'karl@client.example', false, false),
  ('65a1b2c3d4e5f6087', '65a1b2c3d4e5f608b', 'Sent', '65a1b2c3d4e5f6c02', 'Contact', '2026-05-01 10:00:00', 'ben@client.example', true, false),
  ('65a1b2c3d4e5f6088', '65a1b2c3d4e5f608b', 'Sent', '65a1b2c3d4e5f60a1', 'Account', '2026-05-01 10:00:00', 'info@acme.example', false, false);
CREATE TABLE "campaign_log_record" (
  "id" varchar(24) PRIMARY KEY, "action" varchar(50), "action_date" timestamp NULL, "campaign_id" varchar(24), "parent_id" varchar(24), "parent_type" varchar(100),
  "queue_item_id" varchar(24), "is_test" boolean, "deleted" boolean);
INSERT INTO "campaign_log_record" VALUES
  ('65a1b2c3d4e5f6061', 'Sent', '2026-03-01 10:00:00', '65a1b2c3d4e5f605a', '65a1b2c3d4e5f6c01', 'Contact', '65a1b2c3d4e5f6080', false, false),
  ('65a1b2c3d4e5f6062', 'Opted Out', '2026-03-02 10:00:00', '65a1b2c3d4e5f605a', '65a1b2c3d4e5f6c01', 'Contact', '65a1b2c3d4e5f6080', false, false),
  ('65a1b2c3d4e5f6063', 'Opted Out', '2026-04-02 10:00:00', '65a1b2c3d4e5f605a', '65a1b2c3d4e5f6c09', 'Contact', '65a1b2c3d4e5f6084', false, false),
  ('65a1b2c3d4e5f6064', 'Opted Out', '2026-04-02 10:00:00', '65a1b2c3d4e5f605a', '65a1b2c3d4e5f6c10', 'Contact', '65a1b2c3d4e5f6085', false, false),
  ('65a1b2c3d4e5f6065', 'Bounced', '2026-05-01 11:00:00', '65a1b2c3d4e5f605a', '65a1b2c3d4e5f6c08', 'Contact', '65a1b2c3d4e5f6082', false, false),
  ('65a1b2c3d4e5f6066', 'Sent', '2025-07-01 10:00:00', '65a1b2c3d4e5f605b', '65a1b2c3d4e5f6c12', 'Contact', '65a1b2c3d4e5f6000', false, false);
CREATE TABLE "email" (
  "id" varchar(24) PRIMARY KEY, "name" varchar(255), "from_email_address_id" varchar(24), "body_plain" text, "body" text, "status" varchar(255), "date_sent" timestamp NULL, "deleted" boolean);
INSERT INTO "email" VALUES
  ('65a1b2c3d4e5f6041', 'Offer', '65a1b2c3d4e5f6e99', NULL, '<p>Our offer</p>', 'Sent', '2019-05-01 10:00:00', false),
  ('65a1b2c3d4e5f6042', 'Re: Offer', '65a1b2c3d4e5f6e05', 'No, thanks.', NULL, 'Archived', '2019-05-02 10:00:00', false),
  ('65a1b2c3d4e5f6043', 'Draft', '65a1b2c3d4e5f6e99', 'To come', NULL, 'Draft', '2026-05-02 10:00:00', false);
CREATE TABLE "email_email_address" ("id" integer PRIMARY KEY, "email_id" varchar(24), "email_address_id" varchar(24), "address_type" varchar(4), "deleted" boolean);
INSERT INTO "email_email_address" VALUES (1, '65a1b2c3d4e5f6041', '65a1b2c3d4e5f6e05', 'to', false), (2, '65a1b2c3d4e5f6042', '65a1b2c3d4e5f6e99', 'to', false), (3, '65a1b2c3d4e5f6043', '65a1b2c3d4e5f6e05', 'to', false);
CREATE TABLE "call" ("id" varchar(24) PRIMARY KEY, "name" varchar(255), "status" varchar(255), "direction" varchar(255), "date_start" timestamp NULL, "description" text, "deleted" boolean);
INSERT INTO "call" VALUES ('65a1b2c3d4e5f6031', 'Hello', 'Held', 'Outbound', '2026-02-01 10:00:00', NULL, false), ('65a1b2c3d4e5f6032', 'Again', 'Planned', 'Outbound', '2026-12-01 10:00:00', NULL, false);
CREATE TABLE "call_contact" ("id" integer PRIMARY KEY, "call_id" varchar(24), "contact_id" varchar(24), "deleted" boolean);
INSERT INTO "call_contact" VALUES (1, '65a1b2c3d4e5f6031', '65a1b2c3d4e5f6c12', false), (2, '65a1b2c3d4e5f6032', '65a1b2c3d4e5f6c05', false);
CREATE TABLE "call_lead" ("id" integer PRIMARY KEY, "call_id" varchar(24), "lead_id" varchar(24), "deleted" boolean);
CREATE TABLE "meeting" ("id" varchar(24) PRIMARY KEY, "name" varchar(255), "status" varchar(255), "date_start" timestamp NULL, "description" text, "deleted" boolean);
CREATE TABLE "contact_meeting" ("id" integer PRIMARY KEY, "contact_id" varchar(24), "meeting_id" varchar(24), "deleted" boolean);
CREATE TABLE "lead_meeting" ("id" integer PRIMARY KEY, "lead_id" varchar(24), "meeting_id" varchar(24), "deleted" boolean);
CREATE TABLE "opportunity" ("id" varchar(24) PRIMARY KEY, "name" varchar(255), "stage" varchar(255), "contact_id" varchar(24), "close_date" date, "amount" double precision, "deleted" boolean);
INSERT INTO "opportunity" VALUES ('65a1b2c3d4e5f6501', 'Roof', 'Closed Won', '65a1b2c3d4e5f6c01', '2025-05-01', 1200, false), ('65a1b2c3d4e5f6502', 'Wall', 'Prospecting', '65a1b2c3d4e5f6c08', '2026-01-01', 900, false);
CREATE TABLE "note" ("id" varchar(24) PRIMARY KEY, "post" text, "type" varchar(24), "parent_id" varchar(24), "parent_type" varchar(100), "created_at" timestamp NULL, "created_by_id" varchar(24), "deleted" boolean);
INSERT INTO "note" VALUES
  ('65a1b2c3d4e5f6021', 'Likes long calls.', 'Post', '65a1b2c3d4e5f6c05', 'Contact', '2019-05-01 10:00:00', '65a1b2c3d4e5f60a6', false),
  ('65a1b2c3d4e5f6022', NULL, 'Create', '65a1b2c3d4e5f6c05', 'Contact', '2018-01-01 08:00:00', '65a1b2c3d4e5f60a6', false),
  ('65a1b2c3d4e5f6023', 'Old, of a company.', 'Post', '65a1b2c3d4e5f60a1', 'Account', '2018-01-01 08:00:00', '65a1b2c3d4e5f60a6', false);
CREATE TABLE "case" ("id" varchar(24) PRIMARY KEY, "name" varchar(255), "description" text, "contact_id" varchar(24), "lead_id" varchar(24), "created_at" timestamp NULL, "created_by_id" varchar(24), "deleted" boolean);
INSERT INTO "case" VALUES ('65a1b2c3d4e5f6025', 'Broken', 'It broke.', '65a1b2c3d4e5f6c05', NULL, '2019-06-01 10:00:00', '65a1b2c3d4e5f60a6', false);
CREATE TABLE "attachment" ("id" varchar(24) PRIMARY KEY, "name" varchar(255), "parent_id" varchar(24), "parent_type" varchar(100), "created_at" timestamp NULL, "created_by_id" varchar(24), "deleted" boolean);

CREATE TABLE "user" (
  "id" varchar(24) PRIMARY KEY, "user_name" varchar(50), "type" varchar(24), "password" varchar(150), "api_key" varchar(100), "is_active" boolean, "created_at" timestamp NULL, "deleted" boolean);
INSERT INTO "user" VALUES
  ('65a1b2c3d4e5f60a0', 'system', 'system', NULL, NULL, true, '2020-01-01 08:00:00', false),
  ('65a1b2c3d4e5f60a1', 'admin', 'admin', '$2y$12$m5AAUpfv4tNtIJk04h8wEu8lJmSDh2uDijYNA0wUgaraPqjoWjZ0W', NULL, true, '2020-01-01 08:00:00', false),
  ('65a1b2c3d4e5f60a6', 'sam', 'regular', 'q8Zc1vG7bQ0yVxJm5n2tK9sLrD4fHwEoPaUiYgTzXlCjNkMbRqWvSdFhGpIeOuAyBtZxLcVmKnJhQwErTyUi1.', NULL, true, '2021-01-01 08:00:00', false),
  ('65a1b2c3d4e5f60a7', 'olga', 'admin', '$2y$12$m5AAUpfv4tNtIJk04h8wEu8lJmSDh2uDijYNA0wUgaraPqjoWjZ0W', NULL, false, '2021-01-01 08:00:00', false),
  ('65a1b2c3d4e5f60a8', 'lars', 'regular', '5f4dcc3b5aa765d61d8327deb882cf99', NULL, true, '2021-01-01 08:00:00', false),
  ('65a1b2c3d4e5f60a9', 'paula', 'portal', '$2y$12$m5AAUpfv4tNtIJk04h8wEu8lJmSDh2uDijYNA0wUgaraPqjoWjZ0W', NULL, true, '2021-01-01 08:00:00', false),
  ('65a1b2c3d4e5f60aa', 'shop', 'api', NULL, 'f3b1c2d4e5f60718293a4b5c6d7e8f90', true, '2021-01-01 08:00:00', false);
CREATE TABLE "user_data" ("id" varchar(24) PRIMARY KEY, "user_id" varchar(24), "auth2_f_a" boolean, "auth2_f_a_method" varchar(255), "deleted" boolean);
INSERT INTO "user_data" VALUES ('65a1b2c3d4e5f60b1', '65a1b2c3d4e5f60a1', true, 'Totp', false), ('65a1b2c3d4e5f60b7', '65a1b2c3d4e5f60a7', true, 'Totp', false), ('65a1b2c3d4e5f60b8', '65a1b2c3d4e5f60a8', true, 'Email', false);
CREATE TABLE "auth_token" ("id" varchar(24) PRIMARY KEY, "token" varchar(36), "user_id" varchar(24), "is_active" boolean, "last_access" timestamp NULL, "created_at" timestamp NULL, "deleted" boolean);
INSERT INTO "auth_token" VALUES ('65a1b2c3d4e5f60c1', 'x', '65a1b2c3d4e5f60a1', true, '2026-10-30 10:00:00', '2026-10-01 10:00:00', false), ('65a1b2c3d4e5f60c8', 'y', '65a1b2c3d4e5f60a8', true, '2026-01-30 10:00:00', '2026-01-01 10:00:00', false);
CREATE TABLE "auth_log_record" ("id" varchar(24) PRIMARY KEY, "username" varchar(100), "user_id" varchar(24), "ip_address" varchar(45), "created_at" timestamp NULL, "is_denied" boolean, "deleted" boolean);
INSERT INTO "auth_log_record" VALUES
  ('65a1b2c3d4e5f6001', 'sam', '65a1b2c3d4e5f60a6', '192.0.2.1', '2026-10-20 10:00:00', false, false), ('65a1b2c3d4e5f6002', 'lars', '65a1b2c3d4e5f60a8', '192.0.2.2', '2026-10-20 10:00:00', true, false),
  ('65a1b2c3d4e5f6003', 'paula', '65a1b2c3d4e5f60a9', '192.0.2.3', '2026-10-20 10:00:00', false, false), ('65a1b2c3d4e5f6004', 'nobody', NULL, '192.0.2.4', '2026-10-20 10:00:00', true, false),
  ('65a1b2c3d4e5f6005', 'shop', '65a1b2c3d4e5f60aa', '192.0.2.5', '2026-10-20 10:00:00', false, false);
CREATE TABLE "role" ("id" varchar(24) PRIMARY KEY, "name" varchar(150), "export_permission" varchar(255), "data" text, "deleted" boolean);
INSERT INTO "role" VALUES
  ('65a1b2c3d4e5f600a', 'Sales', 'yes', '{"Contact": {"create": "yes", "read": "all", "edit": "all", "delete": "own", "stream": "all"}, "Lead": {"create": "yes", "read": "team", "edit": "own", "delete": "no"}, "Account": true, "Case": false}', false),
  ('65a1b2c3d4e5f600b', 'Guests', 'not-set', '{"Contact": false, "Lead": {"read": "own"}}', false),
  ('65a1b2c3d4e5f600c', 'Of old', 'yes', '{"Contact": {"edit": "all"}}', true);
CREATE TABLE "portal_role" ("id" varchar(24) PRIMARY KEY, "name" varchar(150), "export_permission" varchar(255), "data" text, "deleted" boolean);
INSERT INTO "portal_role" VALUES ('65a1b2c3d4e5f600d', 'Customers', 'not-set', '{"Contact": {"read": "account", "edit": "own"}, "Lead": {"read": "all"}}', false);
CREATE TABLE "role_user" ("id" integer PRIMARY KEY, "role_id" varchar(24), "user_id" varchar(24), "deleted" boolean);
INSERT INTO "role_user" VALUES (1, '65a1b2c3d4e5f600a', '65a1b2c3d4e5f60a6', false);
CREATE TABLE "role_team" ("id" integer PRIMARY KEY, "role_id" varchar(24), "team_id" varchar(24), "deleted" boolean);
INSERT INTO "role_team" VALUES (1, '65a1b2c3d4e5f600b', '65a1b2c3d4e5f60ee', false);
CREATE TABLE "team_user" ("id" integer PRIMARY KEY, "team_id" varchar(24), "user_id" varchar(24), "deleted" boolean);
INSERT INTO "team_user" VALUES (1, '65a1b2c3d4e5f60ee', '65a1b2c3d4e5f60a8', false);
CREATE TABLE "portal_role_user" ("id" integer PRIMARY KEY, "portal_role_id" varchar(24), "user_id" varchar(24), "deleted" boolean);
CREATE TABLE "portal_portal_role" ("id" integer PRIMARY KEY, "portal_id" varchar(24), "portal_role_id" varchar(24), "deleted" boolean);
INSERT INTO "portal_portal_role" VALUES (1, '65a1b2c3d4e5f60f1', '65a1b2c3d4e5f600d', false);
CREATE TABLE "portal_user" ("id" integer PRIMARY KEY, "portal_id" varchar(24), "user_id" varchar(24), "deleted" boolean);
INSERT INTO "portal_user" VALUES (1, '65a1b2c3d4e5f60f1', '65a1b2c3d4e5f60a9', false);
CREATE TABLE "export" ("id" varchar(24) PRIMARY KEY, "status" varchar(255), "created_at" timestamp NULL, "created_by_id" varchar(24), "deleted" boolean);
INSERT INTO "export" VALUES ('65a1b2c3d4e5f60ff', 'Success', '2026-06-01 10:00:00', '65a1b2c3d4e5f60a6', false);
