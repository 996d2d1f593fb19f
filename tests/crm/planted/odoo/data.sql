-- A small Odoo database, made up: the columns that the profile reads, of the tables of version 18. Every person whose
-- name begins with a letter of its own is there for one reason, told in expected.yaml.
CREATE TABLE res_country (id INTEGER PRIMARY KEY, name jsonb, code varchar(2));
INSERT INTO res_country VALUES
  (57, '{"en_US": "Germany", "de_DE": "Deutschland"}', 'DE'), (75, '{"en_US": "France"}', 'FR'), (233, '{"en_US": "United States"}', 'US');
CREATE TABLE res_country_state (id INTEGER PRIMARY KEY, country_id INTEGER, name varchar, code varchar);
INSERT INTO res_country_state VALUES (13, 233, 'California', 'CA'), (14, 57, 'Bayern', 'BY');

CREATE TABLE res_partner (
  id INTEGER PRIMARY KEY, active boolean, is_company boolean, type varchar, parent_id INTEGER, name varchar, email varchar,
  email_normalized varchar, phone varchar, mobile varchar, phone_sanitized varchar, street varchar, street2 varchar,
  state_id INTEGER, country_id INTEGER, user_id INTEGER, comment text, create_date timestamp, write_date timestamp);
INSERT INTO res_partner (id, active, is_company, type, name, email, email_normalized, country_id, create_date, write_date) VALUES
  (1, true, true, 'contact', 'Our Company', 'info@own.example', 'info@own.example', 57, '2020-01-01 08:00:00', '2020-01-01 08:00:00'),
  (2, false, false, 'contact', 'OdooBot', 'odoobot@example.com', 'odoobot@example.com', NULL, '2020-01-01 08:00:00', '2020-01-01 08:00:00'),
  (3, true, false, 'contact', 'Administrator', 'admin@own.example', 'admin@own.example', NULL, '2020-01-01 08:00:00', '2020-01-01 08:00:00'),
  (4, false, false, 'contact', 'Public user', NULL, NULL, NULL, '2020-01-01 08:00:00', '2020-01-01 08:00:00'),
  (5, false, false, 'contact', 'Portal User Template', NULL, NULL, NULL, '2020-01-01 08:00:00', '2020-01-01 08:00:00'),
  (6, false, false, 'contact', 'Default User Template', NULL, NULL, NULL, '2020-01-01 08:00:00', '2020-01-01 08:00:00'),
  (7, true, false, 'contact', 'Sam Sales', 'sam@own.example', 'sam@own.example', NULL, '2021-01-01 08:00:00', '2021-01-01 08:00:00'),
  (8, false, false, 'contact', 'Olga Old', 'olga@own.example', 'olga@own.example', NULL, '2021-01-01 08:00:00', '2021-01-01 08:00:00'),
  (9, true, false, 'contact', 'Lars Leaver', 'lars@own.example', 'lars@own.example', NULL, '2021-01-01 08:00:00', '2021-01-01 08:00:00');
INSERT INTO res_partner (id, active, is_company, type, parent_id, name, email, email_normalized, phone, phone_sanitized, street, state_id, country_id, user_id, create_date, write_date) VALUES
  (10, true, false, 'contact', 16, 'Anna Blacklisted', '"Anna" <Anna@Client.example>', 'anna@client.example', NULL, NULL, 'Weg 1', NULL, 57, 6, '2024-01-01 08:00:00', '2026-01-01 08:00:00'),
  (11, true, NULL, NULL, NULL, 'Ben Nowhere', 'ben@client.example', 'ben@client.example', NULL, NULL, NULL, NULL, NULL, 6, '2024-01-01 08:00:00', '2026-01-01 08:00:00'),
  (12, false, false, 'contact', NULL, 'Clara Archived', 'clara@client.example', 'clara@client.example', NULL, NULL, NULL, NULL, 57, 6, '2024-01-01 08:00:00', '2026-01-01 08:00:00'),
  (13, true, false, 'contact', NULL, 'Dora Stateless', 'dora@client.example', 'dora@client.example', NULL, NULL, NULL, NULL, 233, 6, '2024-01-01 08:00:00', '2026-01-01 08:00:00'),
  (14, true, false, 'contact', NULL, 'Emil Idle', 'emil@client.example', 'emil@client.example', NULL, NULL, NULL, 14, 57, 6, '2018-01-01 08:00:00', '2026-09-01 08:00:00'),
  (15, true, false, 'contact', NULL, 'Paula Portal', 'paula@client.example', 'paula@client.example', NULL, NULL, NULL, NULL, 57, 6, '2018-01-01 08:00:00', '2019-01-01 08:00:00'),
  (16, true, true, 'contact', NULL, 'Acme', 'info@acme.example', 'info@acme.example', NULL, NULL, NULL, NULL, 57, 6, '2018-01-01 08:00:00', '2019-01-01 08:00:00'),
  (17, true, false, 'delivery', 16, 'Acme, back door', NULL, NULL, NULL, NULL, 'Hof 2', NULL, NULL, NULL, '2018-01-01 08:00:00', '2019-01-01 08:00:00'),
  (18, true, false, 'contact', NULL, 'Fritz Orphaned', 'fritz@client.example', 'fritz@client.example', NULL, NULL, NULL, NULL, 57, 7, '2024-01-01 08:00:00', '2026-01-01 08:00:00'),
  (19, true, false, 'contact', NULL, 'Gina Contradicted', 'gina@client.example', 'gina@client.example', '+33 1 70 18 99 00', '+33170189900', NULL, NULL, 57, 6, '2024-01-01 08:00:00', '2026-01-01 08:00:00'),
  (20, true, false, 'contact', NULL, 'Quinn California', 'quinn@client.example', 'quinn@client.example', NULL, NULL, NULL, 13, 233, 6, '2024-01-01 08:00:00', '2026-01-01 08:00:00');

CREATE TABLE res_users (
  id INTEGER PRIMARY KEY, partner_id INTEGER, login varchar, active boolean, share boolean, password varchar, totp_secret varchar, create_date timestamp);
INSERT INTO res_users VALUES
  (1, 2, '__system__', false, false, NULL, NULL, '2020-01-01 08:00:00'),
  (2, 3, 'admin', true, false, '$pbkdf2-sha512$600000$c2FsdA$aGFzaA', 'JBSWY3DPEHPK3PXP', '2020-01-01 08:00:00'),
  (3, 6, 'default', false, false, NULL, NULL, '2020-01-01 08:00:00'),
  (4, 4, 'public', false, true, NULL, NULL, '2020-01-01 08:00:00'),
  (5, 5, 'portaltemplate', false, true, NULL, NULL, '2020-01-01 08:00:00'),
  (6, 7, 'sam@own.example', true, false, '$pbkdf2-sha512$600000$c2FsdA$aGFzaA', NULL, '2021-01-01 08:00:00'),
  (7, 8, 'olga@own.example', false, false, '$pbkdf2-sha512$600000$c2FsdA$aGFzaA', 'JBSWY3DPEHPK3PXP', '2021-01-01 08:00:00'),
  (8, 9, 'lars@own.example', true, false, 'letmein', 'JBSWY3DPEHPK3PXP', '2021-01-01 08:00:00'),
  (9, 15, 'paula@client.example', true, true, '$pbkdf2-sha512$600000$c2FsdA$aGFzaA', NULL, '2021-01-01 08:00:00');
CREATE TABLE res_users_log (id INTEGER PRIMARY KEY, create_uid INTEGER, create_date timestamp);
INSERT INTO res_users_log VALUES
  (1, 2, '2026-10-30 08:00:00'), (2, 6, '2026-10-30 08:00:00'), (3, 8, '2026-02-01 08:00:00'), (4, 9, '2026-10-01 08:00:00'), (5, 6, '2025-01-01 08:00:00');
CREATE TABLE res_device_log (id INTEGER PRIMARY KEY, session_identifier varchar, ip_address varchar, country varchar, user_id INTEGER, first_activity timestamp, last_activity timestamp, revoked boolean);
INSERT INTO res_device_log VALUES
  (1, 'a', '192.0.2.1', 'Germany', 6, '2025-01-01 08:00:00', '2026-10-30 08:00:00', false),
  (2, 'b', '198.51.100.1', 'Brazil', 6, '2026-10-20 03:00:00', '2026-10-20 03:10:00', true);
CREATE TABLE res_users_apikeys (id INTEGER PRIMARY KEY, name varchar, user_id INTEGER, scope varchar, expiration_date timestamp, key varchar, create_date timestamp);
INSERT INTO res_users_apikeys VALUES
  (1, 'webshop', 7, 'rpc', '2027-01-01 00:00:00', '$pbkdf2-sha512$6000$c2FsdA$aGFzaA', '2025-01-01 08:00:00'),
  (2, 'till', 6, 'rpc', NULL, '$pbkdf2-sha512$6000$c2FsdA$aGFzaA', '2025-01-01 08:00:00');

CREATE TABLE res_groups (id INTEGER PRIMARY KEY, name jsonb);
INSERT INTO res_groups VALUES
  (1, '{"en_US": "Internal User"}'), (2, '{"en_US": "Settings", "de_DE": "Einstellungen"}'), (3, '{"en_US": "Portal"}'),
  (4, '{"en_US": "User: Own Documents Only"}'), (5, '{"en_US": "Contact Creation"}'), (6, '{"en_US": "Access to export feature"}'), (7, '{"en_US": "Public"}');
CREATE TABLE res_groups_users_rel (gid INTEGER, uid INTEGER);
INSERT INTO res_groups_users_rel VALUES
  (1, 1), (2, 1), (1, 2), (2, 2), (5, 2), (6, 2), (1, 6), (4, 6), (1, 7), (2, 7), (1, 8), (3, 9), (3, 5), (7, 4);
CREATE TABLE ir_model (id INTEGER PRIMARY KEY, name jsonb, model varchar);
INSERT INTO ir_model VALUES
  (80, '{"en_US": "Contact"}', 'res.partner'), (81, '{"en_US": "Lead/Opportunity"}', 'crm.lead'), (82, '{"en_US": "Product"}', 'product.template'), (83, '{"en_US": "Mail Blacklist"}', 'mail.blacklist');
CREATE TABLE ir_model_fields (id INTEGER PRIMARY KEY, model_id INTEGER, model varchar, name varchar);
INSERT INTO ir_model_fields VALUES (900, 83, 'mail.blacklist', 'active'), (901, 83, 'mail.blacklist', 'opt_out_reason_id');
CREATE TABLE ir_model_access (
  id INTEGER PRIMARY KEY, name varchar, active boolean, model_id INTEGER, group_id INTEGER,
  perm_read boolean, perm_write boolean, perm_create boolean, perm_unlink boolean);
INSERT INTO ir_model_access VALUES
  (1, 'partner, internal', true, 80, 1, true, false, false, false),
  (2, 'partner, manager', true, 80, 5, true, true, true, true),
  (3, 'partner, portal', true, 80, 3, true, false, false, false),
  (4, 'lead, salesman', true, 81, 4, true, true, true, false),
  (5, 'lead, portal', true, 81, 3, true, false, false, false),
  (6, 'product, internal', true, 82, 1, true, true, true, true),
  (7, 'lead, switched off', false, 81, 1, true, true, true, true);
CREATE TABLE ir_rule (id INTEGER PRIMARY KEY, name varchar, active boolean, model_id INTEGER, domain_force text);
INSERT INTO ir_rule VALUES
  (1, 'partner, portal', true, 80, '[(''id'', ''child_of'', user.commercial_partner_id.id)]'),
  (2, 'lead, own', true, 81, '[''|'',(''user_id'',''='',user.id),(''user_id'',''='',False)]'),
  (3, 'partner, all', true, 80, '[(1,''='',1)]');
CREATE TABLE rule_group_rel (rule_group_id INTEGER, group_id INTEGER);
INSERT INTO rule_group_rel VALUES (1, 3), (2, 4), (3, 5);
CREATE TABLE ir_model_data (id INTEGER PRIMARY KEY, module varchar, name varchar, model varchar, res_id INTEGER);
INSERT INTO ir_model_data VALUES
  (1, 'base', 'user_root', 'res.users', 1), (2, 'base', 'user_admin', 'res.users', 2), (3, 'base', 'default_user', 'res.users', 3),
  (4, 'base', 'public_user', 'res.users', 4), (5, 'base', 'template_portal_user_id', 'res.users', 5),
  (6, 'base', 'group_system', 'res.groups', 2), (7, 'base', 'group_allow_export', 'res.groups', 6), (8, 'base', 'group_user', 'res.groups', 1),
  (9, '__import__', 'contact_1', 'mailing.contact', 1), (10, 'crm', 'group_system', 'res.groups', 4);

CREATE TABLE ir_config_parameter (id INTEGER PRIMARY KEY, key varchar, value text);
INSERT INTO ir_config_parameter VALUES (1, 'database.uuid', '65a1b2c3-d4e5-46f0-8172-938475665544'), (2, 'auth_totp.policy', 'False');

CREATE TABLE mail_blacklist (id INTEGER PRIMARY KEY, email varchar, active boolean, create_uid INTEGER, create_date timestamp, write_date timestamp);
INSERT INTO mail_blacklist VALUES
  (1, 'anna@client.example', true, 4, '2026-03-01 10:00:00', '2026-03-01 10:00:00'),
  (2, 'karl@reader.example', true, 4, '2026-03-01 10:00:00', '2026-03-01 10:00:00'),
  (3, 'lena@reader.example', false, 4, '2025-03-01 10:00:00', '2025-06-01 10:00:00'),
  (4, 'moritz@reader.example', true, 4, '2025-03-01 10:00:00', '2026-07-01 10:00:00');
CREATE TABLE phone_blacklist (id INTEGER PRIMARY KEY, number varchar, active boolean, create_date timestamp);
INSERT INTO phone_blacklist VALUES (1, '+33170189900', true, '2026-03-01 10:00:00');
CREATE TABLE mailing_list (id INTEGER PRIMARY KEY, name varchar, active boolean);
INSERT INTO mailing_list VALUES (1, 'News', true), (2, 'Offers', true), (3, 'Of old', false);
CREATE TABLE mailing_contact (id INTEGER PRIMARY KEY, name varchar, email varchar, email_normalized varchar, country_id INTEGER, create_uid INTEGER, create_date timestamp, write_date timestamp);
INSERT INTO mailing_contact VALUES
  (1, 'Hugo Imported', 'hugo@reader.example', 'hugo@reader.example', 57, 6, '2026-01-10 10:00:00', '2026-01-10 10:00:00'),
  (2, 'Ida Gone', 'ida@reader.example', 'ida@reader.example', 57, 4, '2026-01-10 10:00:00', '2026-01-10 10:00:00'),
  (3, 'Jana Stays', 'jana@reader.example', 'jana@reader.example', 57, 4, '2026-01-10 10:00:00', '2026-01-10 10:00:00'),
  (4, 'Karl Listed', 'karl@reader.example', 'karl@reader.example', 57, 4, '2026-01-10 10:00:00', '2026-01-10 10:00:00'),
  (5, 'Lena Back', 'lena@reader.example', 'lena@reader.example', 57, 4, '2026-01-10 10:00:00', '2026-01-10 10:00:00'),
  (6, 'Moritz Again', 'moritz@reader.example', 'moritz@reader.example', 57, 4, '2026-01-10 10:00:00', '2026-01-10 10:00:00');
CREATE TABLE mailing_subscription (id INTEGER PRIMARY KEY, contact_id INTEGER, list_id INTEGER, opt_out boolean, opt_out_datetime timestamp, create_uid INTEGER, create_date timestamp);
INSERT INTO mailing_subscription VALUES
  (1, 1, 1, false, NULL, 6, '2026-01-10 10:00:00'),
  (2, 2, 1, true, '2026-04-01 10:00:00', 4, '2026-01-10 10:00:00'),
  (3, 2, 2, true, '2026-02-01 10:00:00', 4, '2026-01-10 10:00:00'),
  (4, 3, 1, true, '2026-04-01 10:00:00', 4, '2026-01-10 10:00:00'),
  (5, 3, 2, NULL, NULL, 4, '2026-01-10 10:00:00'),
  (6, 4, 1, false, NULL, 4, '2026-01-10 10:00:00'),
  (7, 5, 1, false, NULL, 4, '2026-01-10 10:00:00'),
  (8, 6, 3, false, NULL, 4, '2026-01-10 10:00:00');
CREATE TABLE mailing_trace (
  id INTEGER PRIMARY KEY, trace_type varchar, model varchar, res_id INTEGER, email varchar, mass_mailing_id INTEGER, trace_status varchar,
  failure_type varchar, sent_datetime timestamp, reply_datetime timestamp, links_click_datetime timestamp);
INSERT INTO mailing_trace VALUES
  (1, 'mail', 'res.partner', 10, 'anna@client.example', 1, 'sent', NULL, '2026-02-01 10:00:00', NULL, NULL),
  (2, 'mail', 'res.partner', 10, 'anna@client.example', 2, 'open', NULL, '2026-05-01 10:00:00', NULL, NULL),
  (3, 'mail', 'res.partner', 10, 'anna@client.example', 3, 'cancel', 'mail_bl', NULL, NULL, NULL),
  (4, 'mail', 'mailing.contact', 1, 'hugo@reader.example', 2, 'bounce', NULL, '2026-05-01 10:00:00', NULL, NULL),
  (5, 'mail', 'mailing.contact', 2, 'ida@reader.example', 2, 'sent', NULL, '2026-03-15 10:00:00', NULL, NULL),
  (6, 'mail', 'mailing.contact', 2, 'ida@reader.example', 3, 'sent', NULL, '2026-05-01 10:00:00', NULL, NULL),
  (7, 'mail', 'mailing.contact', 3, 'jana@reader.example', 3, 'reply', NULL, '2026-05-01 10:00:00', '2026-05-02 10:00:00', '2026-05-01 11:00:00'),
  (8, 'mail', 'mailing.contact', 5, 'lena@reader.example', 3, 'sent', NULL, '2026-05-01 10:00:00', NULL, NULL),
  (9, 'mail', 'mailing.contact', 6, 'moritz@reader.example', 3, 'sent', NULL, '2026-05-01 10:00:00', NULL, NULL),
  (10, 'sms', 'res.partner', 19, NULL, 4, 'pending', NULL, '2026-05-01 10:00:00', NULL, NULL),
  (11, 'mail', 'res.partner', 16, 'info@acme.example', 3, 'sent', NULL, '2026-05-01 10:00:00', NULL, NULL),
  (12, 'mail', 'res.partner', 7, 'sam@own.example', 3, 'sent', NULL, '2026-05-01 10:00:00', NULL, NULL),
  (13, 'mail', 'res.partner', 15, 'paula@client.example', 3, 'sent', NULL, '2026-05-01 10:00:00', NULL, NULL);
CREATE TABLE link_tracker_click (id INTEGER PRIMARY KEY, link_id INTEGER, mailing_trace_id INTEGER, ip varchar, create_date timestamp);
INSERT INTO link_tracker_click VALUES (1, 1, 7, '192.0.2.7', '2026-05-01 11:00:00'), (2, 1, NULL, '192.0.2.8', '2026-05-01 11:00:00');

CREATE TABLE mail_message (
  id INTEGER PRIMARY KEY, message_type varchar, model varchar, res_id INTEGER, author_id INTEGER, email_from varchar, body text,
  is_internal boolean, date timestamp, create_uid INTEGER);
INSERT INTO mail_message VALUES
  (1, 'notification', 'res.partner', 14, 3, NULL, '<p>Contact created</p>', true, '2026-09-01 08:00:00', 2),
  (2, 'comment', 'res.partner', 14, 7, NULL, '<p>Likes long calls.</p>', true, '2019-05-01 08:00:00', 6),
  (3, 'comment', 'res.partner', 14, 7, NULL, '<p>Your offer</p>', false, '2019-05-02 08:00:00', 6),
  (4, 'email', 'res.partner', 14, 14, 'emil@client.example', '<p>No, thanks.</p>', false, '2019-05-03 08:00:00', 1),
  (5, 'comment', 'res.partner', 16, 7, NULL, '<p>About the company.</p>', true, '2019-05-01 08:00:00', 6),
  (6, 'notification', 'mail.blacklist', 4, 4, NULL, NULL, true, '2026-07-01 10:00:00', 4),
  (7, 'comment', 'crm.lead', 1, 7, NULL, '<p>Called, nobody there.</p>', true, '2022-02-01 08:00:00', 6),
  (8, 'email', 'crm.lead', 1, NULL, 'nora@prospect.example', '<p>Please call.</p>', false, '2022-01-31 08:00:00', 1),
  (9, 'comment', 'res.partner', 14, 7, NULL, '<p>For colleagues</p>', false, '2026-05-02 08:00:00', 6);
CREATE TABLE mail_notification (id INTEGER PRIMARY KEY, mail_message_id INTEGER, res_partner_id INTEGER, notification_type varchar, notification_status varchar);
INSERT INTO mail_notification VALUES
  (1, 3, 14, 'email', 'sent'), (2, 3, 3, 'inbox', 'sent'), (3, 9, 3, 'email', 'sent'), (4, 9, 14, 'email', 'canceled');
CREATE TABLE mail_tracking_value (id INTEGER PRIMARY KEY, mail_message_id INTEGER, field_id INTEGER, old_value_integer INTEGER, new_value_integer INTEGER);
INSERT INTO mail_tracking_value VALUES (1, 6, 900, 0, 1), (2, 6, 901, 0, 1);

CREATE TABLE crm_stage (id INTEGER PRIMARY KEY, name jsonb, is_won boolean);
INSERT INTO crm_stage VALUES (1, '{"en_US": "New"}', NULL), (4, '{"en_US": "Won"}', true);
CREATE TABLE crm_lead (
  id INTEGER PRIMARY KEY, name varchar, active boolean, type varchar, probability double precision, stage_id INTEGER, partner_id INTEGER,
  contact_name varchar, email_from varchar, email_normalized varchar, phone varchar, mobile varchar, phone_sanitized varchar, street varchar,
  street2 varchar, state_id INTEGER, country_id INTEGER, user_id INTEGER, description text, create_date timestamp, write_date timestamp);
INSERT INTO crm_lead (id, name, active, type, probability, stage_id, contact_name, email_from, email_normalized, country_id, user_id, create_date, write_date) VALUES
  (1, 'Heating', true, 'lead', 10, 1, 'Nora Cold', 'nora@prospect.example', 'nora@prospect.example', 57, 6, '2022-01-31 08:00:00', '2026-09-01 08:00:00'),
  (2, 'Roof', false, 'opportunity', 0, 1, 'Otto Lost', 'otto@prospect.example', 'otto@prospect.example', 57, 6, '2026-01-31 08:00:00', '2026-05-01 08:00:00'),
  (3, 'Wall', false, 'lead', 20, 1, 'Rita Archived', 'rita@prospect.example', 'rita@prospect.example', 57, 6, '2026-01-31 08:00:00', '2026-05-01 08:00:00'),
  (4, 'Floor', true, 'opportunity', 100, 4, 'Susi Won', 'susi@prospect.example', 'susi@prospect.example', 57, 6, '2021-01-31 08:00:00', '2022-05-01 08:00:00'),
  (5, 'Nobody', true, 'opportunity', 100, 1, NULL, NULL, NULL, NULL, 7, '2021-01-31 08:00:00', '2022-05-01 08:00:00');
CREATE TABLE sale_order (id INTEGER PRIMARY KEY, name varchar, partner_id INTEGER, state varchar, date_order timestamp, amount_total numeric);
INSERT INTO sale_order VALUES
  (1, 'S00001', 15, 'sale', '2026-01-05 09:00:00', 120.50), (2, 'S00002', 14, 'draft', '2026-01-05 09:00:00', 9.50), (3, 'S00003', 16, 'sale', '2026-01-05 09:00:00', 9.50),
  (4, 'S00004', 10, 'sale', '2025-01-05 09:00:00', 9.50), (5, 'S00005', 19, 'sale', '2025-01-05 09:00:00', 9.50);
CREATE TABLE account_move (id INTEGER PRIMARY KEY, partner_id INTEGER, move_type varchar, state varchar, invoice_date date, amount_total numeric);
INSERT INTO account_move VALUES (1, 15, 'out_invoice', 'posted', '2026-01-06', 120.50), (2, 14, 'in_invoice', 'posted', '2026-01-06', 20);
CREATE TABLE ir_attachment (
  id INTEGER PRIMARY KEY, name varchar, res_model varchar, res_id INTEGER, res_field varchar, public boolean, checksum varchar, index_content text,
  create_uid INTEGER, create_date timestamp);
INSERT INTO ir_attachment VALUES
  (1, 'contract.pdf', 'res.partner', 15, NULL, true, 'da39a3ee5e6b4b0d3255bfef95601890afd80709', 'A contract.', 6, '2026-01-05 09:00:00'),
  (2, 'image_1920', 'res.partner', 15, 'image_1920', true, 'da39a3ee5e6b4b0d3255bfef95601890afd80709', NULL, 6, '2019-01-05 09:00:00'),
  (3, 'letter.pdf', 'res.partner', 14, NULL, false, 'da39a3ee5e6b4b0d3255bfef95601890afd80709', 'A letter.', 6, '2019-01-05 09:00:00'),
  (4, 'logo.png', 'ir.ui.view', 14, NULL, true, 'da39a3ee5e6b4b0d3255bfef95601890afd80709', NULL, 6, '2019-01-05 09:00:00');
CREATE TABLE hr_employee (
  id INTEGER PRIMARY KEY, active boolean, user_id INTEGER, name varchar, private_email varchar, work_email varchar, private_phone varchar,
  mobile_phone varchar, work_phone varchar, private_street varchar, private_state_id INTEGER, private_country_id INTEGER, country_id INTEGER,
  birthday date, create_date timestamp, write_date timestamp);
INSERT INTO hr_employee VALUES
  (1, true, 6, 'Sam Sales', 'sam@home.example', 'sam@own.example', NULL, NULL, NULL, 'Weg 2', NULL, 57, 75, '1990-05-01', '2021-01-01 08:00:00', '2026-01-01 08:00:00'),
  (2, false, 8, 'Lars Leaver', NULL, 'lars@own.example', NULL, NULL, NULL, NULL, NULL, NULL, 57, NULL, '2021-01-01 08:00:00', '2026-08-01 08:00:00');
CREATE TABLE privacy_log (id INTEGER PRIMARY KEY, date timestamp, anonymized_name varchar, anonymized_email varchar, user_id INTEGER, execution_details text);
INSERT INTO privacy_log VALUES (1, '2026-02-01 08:00:00', 'T***', 't***@c*****.example', 2, 'Deleted Contact #99');
CREATE TABLE data_recycle_model (id INTEGER PRIMARY KEY, active boolean, res_model_id INTEGER, recycle_action varchar, time_field_delta INTEGER, time_field_delta_unit varchar);
INSERT INTO data_recycle_model VALUES (1, true, 81, 'unlink', 24, 'months'), (2, true, 80, 'archive', 5, 'years');
