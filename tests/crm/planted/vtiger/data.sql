-- A small vtiger database, made up: the columns that the profile reads. Why each person is there, expected.yaml tells.
CREATE TABLE vtiger_crmentity (
  crmid integer PRIMARY KEY, smcreatorid integer, smownerid integer, setype varchar(30), description text, createdtime timestamp NULL, modifiedtime timestamp NULL, deleted integer);
INSERT INTO vtiger_crmentity VALUES
  (101, 6, 6, 'Contacts', NULL, '2025-01-01 08:00:00', '2026-01-01 08:00:00', 0), (102, 6, 6, 'Contacts', NULL, '2025-01-01 08:00:00', '2026-01-01 08:00:00', 0),
  (103, 6, 6, 'Contacts', NULL, '2025-01-01 08:00:00', '2026-01-01 08:00:00', 1), (104, 6, 6, 'Contacts', NULL, '2025-01-01 08:00:00', '2026-01-01 08:00:00', 0),
  (105, 6, 6, 'Contacts', 'Has a bad back.', '2018-01-01 08:00:00', '2026-09-01 08:00:00', 0), (106, 6, 7, 'Contacts', NULL, '2025-01-01 08:00:00', '2026-01-01 08:00:00', 0),
  (107, 6, 6, 'Contacts', NULL, '2025-01-01 08:00:00', '2026-01-01 08:00:00', 0), (108, 6, 6, 'Contacts', NULL, '2018-01-01 08:00:00', '2018-01-01 08:00:00', 0),
  (201, 6, 6, 'Leads', NULL, '2022-01-01 08:00:00', '2022-03-01 08:00:00', 0), (202, 6, 6, 'Leads', NULL, '2022-01-01 08:00:00', '2022-03-01 08:00:00', 0),
  (301, 6, 6, 'Campaigns', NULL, '2026-01-01 08:00:00', '2026-01-01 08:00:00', 0), (302, 6, 6, 'Campaigns', NULL, '2026-01-01 08:00:00', '2026-01-01 08:00:00', 0),
  (401, 6, 6, 'Emails', '<p>Our offer</p>', '2019-05-01 08:00:00', '2019-05-01 08:00:00', 0), (402, 6, 6, 'Emails', '<p>No, thanks.</p>', '2019-05-02 08:00:00', '2019-05-02 08:00:00', 0),
  (403, 6, 6, 'Emails', '<p>Draft</p>', '2026-05-02 08:00:00', '2026-05-02 08:00:00', 0), (404, 6, 6, 'Calendar', NULL, '2026-02-01 08:00:00', '2026-02-01 08:00:00', 0),
  (501, 6, 6, 'ModComments', NULL, '2019-05-01 08:00:00', '2019-05-01 08:00:00', 0), (502, 6, 6, 'HelpDesk', 'It broke.', '2019-06-01 08:00:00', '2019-06-01 08:00:00', 0),
  (503, 6, 6, 'Documents', NULL, '2019-07-01 08:00:00', '2019-07-01 08:00:00', 0), (504, 6, 6, 'ModComments', NULL, '2019-05-01 08:00:00', '2019-05-01 08:00:00', 0),
  (601, 6, 6, 'Invoice', NULL, '2025-05-01 08:00:00', '2025-05-01 08:00:00', 0), (900, 6, 6, 'Accounts', NULL, '2018-01-01 08:00:00', '2018-01-01 08:00:00', 0);
CREATE TABLE vtiger_contactdetails (
  contactid integer PRIMARY KEY, accountid integer, firstname varchar(40), lastname varchar(80), email varchar(100), secondaryemail varchar(100), phone varchar(50),
  mobile varchar(50), donotcall varchar(3), emailoptout varchar(3));
INSERT INTO vtiger_contactdetails VALUES
  (101, 900, 'Anna', 'Optout', 'anna@client.example', NULL, NULL, NULL, '0', '1'), (102, NULL, 'Ben', 'Nowhere', 'ben@client.example', NULL, NULL, NULL, '0', '0'),
  (103, NULL, 'Clara', 'Deleted', 'clara@client.example', NULL, NULL, NULL, '0', '1'), (104, NULL, 'Dora', 'Stateless', 'dora@client.example', NULL, NULL, NULL, '', ''),
  (105, NULL, 'Emil', 'Idle', 'emil@client.example', NULL, NULL, NULL, '1', '0'), (106, NULL, 'Fritz', 'Orphaned', 'fritz@client.example', 'fritz@home.example', NULL, NULL, '0', '0'),
  (107, NULL, 'Gina', 'Contradicted', 'gina@client.example', NULL, NULL, '+33 1 70 18 99 00', '0', '0'), (108, NULL, 'Lena', 'Calm', 'lena@client.example', NULL, NULL, NULL, '0', '0');
CREATE TABLE vtiger_contactsubdetails (contactsubscriptionid integer PRIMARY KEY, homephone varchar(50), birthday date);
INSERT INTO vtiger_contactsubdetails VALUES (101, NULL, '2012-05-01'), (102, NULL, NULL), (105, NULL, '1970-01-01');
CREATE TABLE vtiger_contactaddress (contactaddressid integer PRIMARY KEY, mailingstreet varchar(250), mailingstate varchar(30), mailingcountry varchar(40));
INSERT INTO vtiger_contactaddress VALUES
  (101, 'Weg 1', NULL, 'Germany'), (102, NULL, NULL, NULL), (103, NULL, NULL, 'Germany'), (104, NULL, NULL, 'USA'), (105, NULL, 'Bayern', 'Germany'), (106, NULL, NULL, 'Germany'),
  (107, NULL, NULL, 'Germany'), (108, NULL, NULL, 'Germany');
CREATE TABLE vtiger_leaddetails (leadid integer PRIMARY KEY, firstname varchar(40), lastname varchar(80), email varchar(100), leadstatus varchar(50), converted integer);
INSERT INTO vtiger_leaddetails VALUES (201, 'Nora', 'Cold', 'nora@prospect.example', 'Cold', 0), (202, 'Otto', 'Converted', 'otto@prospect.example', 'Hot', 1);
CREATE TABLE vtiger_leadaddress (leadaddressid integer PRIMARY KEY, lane varchar(250), state varchar(30), country varchar(30), phone varchar(50), mobile varchar(50));
INSERT INTO vtiger_leadaddress VALUES (201, NULL, NULL, 'Germany', NULL, NULL), (202, NULL, NULL, 'Germany', NULL, NULL);

CREATE TABLE vtiger_campaign (campaignid integer PRIMARY KEY, campaignname varchar(255), campaigntype varchar(200));
INSERT INTO vtiger_campaign VALUES (301, 'News', 'Email'), (302, 'Fair', 'Trade Show');
CREATE TABLE vtiger_campaigncontrel (campaignid integer, contactid integer, campaignrelstatusid integer);
INSERT INTO vtiger_campaigncontrel VALUES (301, 101, 1), (301, 103, 1), (301, 106, 1), (302, 101, 1);
CREATE TABLE vtiger_campaignleadrel (campaignid integer, leadid integer, campaignrelstatusid integer);
INSERT INTO vtiger_campaignleadrel VALUES (301, 201, 1);
CREATE TABLE vtiger_activity (activityid integer PRIMARY KEY, subject varchar(100), activitytype varchar(200), eventstatus varchar(200), date_start date);
INSERT INTO vtiger_activity VALUES
  (401, 'Offer', 'Emails', NULL, '2019-05-01'), (402, 'Re: Offer', 'Emails', NULL, '2019-05-02'), (403, 'To come', 'Task', NULL, '2026-05-02'), (404, 'Hello', 'Call', 'Held', '2026-02-01');
CREATE TABLE vtiger_emaildetails (emailid integer PRIMARY KEY, from_email varchar(50), to_email text, email_flag varchar(50));
INSERT INTO vtiger_emaildetails VALUES (401, 'sam@own.example', '["emil@client.example"]', 'SENT'), (402, 'emil@client.example', '["sam@own.example"]', 'MAILSCANNER'), (403, 'sam@own.example', '[]', 'SAVED');
CREATE TABLE vtiger_seactivityrel (crmid integer, activityid integer);
INSERT INTO vtiger_seactivityrel VALUES (105, 401), (105, 402), (105, 403), (900, 401);
CREATE TABLE vtiger_cntactivityrel (contactid integer, activityid integer);
INSERT INTO vtiger_cntactivityrel VALUES (108, 404);
CREATE TABLE vtiger_modcomments (modcommentsid integer PRIMARY KEY, commentcontent text, related_to integer, userid integer);
INSERT INTO vtiger_modcomments VALUES (501, 'Likes long calls.', 105, 6), (504, 'Of a company.', 900, 6);
CREATE TABLE vtiger_troubletickets (ticketid integer PRIMARY KEY, title varchar(255), contact_id integer, status varchar(200));
INSERT INTO vtiger_troubletickets VALUES (502, 'Broken', 105, 'Closed');
CREATE TABLE vtiger_notes (notesid integer PRIMARY KEY, title varchar(50), notecontent text, filename varchar(200));
INSERT INTO vtiger_notes VALUES (503, 'Letter', NULL, 'letter.pdf');
CREATE TABLE vtiger_senotesrel (crmid integer, notesid integer);
INSERT INTO vtiger_senotesrel VALUES (105, 503), (900, 503);
CREATE TABLE vtiger_invoice (invoiceid integer PRIMARY KEY, subject varchar(100), contactid integer, accountid integer, invoicedate date, total numeric, invoicestatus varchar(200));
INSERT INTO vtiger_invoice VALUES (601, 'Roof', 101, 900, '2025-05-01', 120.5, 'Paid');

CREATE TABLE vtiger_users (
  id integer PRIMARY KEY, user_name varchar(255), user_password varchar(200), crypt_type varchar(20), is_admin varchar(3), status varchar(25), accesskey varchar(36), date_entered timestamp NULL, deleted integer);
INSERT INTO vtiger_users VALUES
  (1, 'admin', '$2y$10$m5AAUpfv4tNtIJk04h8wEu8lJmSDh2uDijYNA0wUgaraPqjoWjZ0W', 'PHASH', 'on', 'Active', NULL, '2020-01-01 08:00:00', 0),
  (6, 'sam', '$2y$10$m5AAUpfv4tNtIJk04h8wEu8lJmSDh2uDijYNA0wUgaraPqjoWjZ0W', 'PHASH', 'off', 'Active', 'k3yK3yk3yK3yk3yK', '2021-01-01 08:00:00', 0),
  (7, 'olga', '$2y$10$m5AAUpfv4tNtIJk04h8wEu8lJmSDh2uDijYNA0wUgaraPqjoWjZ0W', 'PHASH', 'on', 'Inactive', NULL, '2021-01-01 08:00:00', 0),
  (8, 'lars', '$1$la000000$BWmgZYy2OEBcsPGTdyjDt0', 'PHP5.3MD5', 'off', 'Active', NULL, '2021-01-01 08:00:00', 0);
CREATE TABLE vtiger_loginhistory (login_id integer PRIMARY KEY, user_name varchar(25), user_ip varchar(25), login_time timestamp NULL, status varchar(25));
INSERT INTO vtiger_loginhistory VALUES (1, 'admin', '192.0.2.1', '2026-10-30 08:00:00', 'Signed in'), (2, 'sam', '192.0.2.1', '2026-10-30 08:00:00', 'Signed off'), (3, 'lars', '192.0.2.1', '2026-01-30 08:00:00', 'Signed off');
CREATE TABLE vtiger_portalinfo (id integer PRIMARY KEY, user_name varchar(50), user_password varchar(255), isactive integer, last_login_time timestamp NULL);
INSERT INTO vtiger_portalinfo VALUES (108, 'lena@client.example', 'sunshine', 1, '2026-10-01 08:00:00');
CREATE TABLE vtiger_role (roleid varchar(255) PRIMARY KEY, rolename varchar(200), parentrole varchar(255));
INSERT INTO vtiger_role VALUES ('H1', 'Organisation', 'H1'), ('H2', 'CEO', 'H1::H2'), ('H3', 'Sales', 'H1::H2::H3');
CREATE TABLE vtiger_user2role (userid integer, roleid varchar(255));
INSERT INTO vtiger_user2role VALUES (1, 'H2'), (6, 'H3'), (7, 'H2'), (8, 'H3');
CREATE TABLE vtiger_role2profile (roleid varchar(255), profileid integer);
INSERT INTO vtiger_role2profile VALUES ('H2', 1), ('H3', 2);
CREATE TABLE vtiger_tab (tabid integer PRIMARY KEY, name varchar(25));
INSERT INTO vtiger_tab VALUES (4, 'Contacts'), (7, 'Leads'), (14, 'Products');
CREATE TABLE vtiger_def_org_share (ruleid integer, tabid integer, permission integer, editstatus integer);
INSERT INTO vtiger_def_org_share VALUES (1, 4, 1, 0), (2, 7, 3, 0), (3, 14, 2, 0);
CREATE TABLE vtiger_profile2standardpermissions (profileid integer, tabid integer, operation integer, permissions integer);
INSERT INTO vtiger_profile2standardpermissions VALUES
  (2, 4, 0, 0), (2, 4, 1, 0), (2, 4, 2, 0), (2, 4, 3, 0), (2, 4, 4, 0), (2, 7, 1, 0), (2, 7, 2, 1), (2, 7, 4, 0), (2, 14, 1, 0);
CREATE TABLE vtiger_profile2utility (profileid integer, tabid integer, activityid integer, permission integer);
INSERT INTO vtiger_profile2utility VALUES (2, 4, 5, 0), (2, 4, 6, 0), (2, 7, 6, 1);
CREATE TABLE vtiger_profile2globalpermissions (profileid integer, globalactionid integer, globalactionpermission integer);
INSERT INTO vtiger_profile2globalpermissions VALUES (1, 1, 0), (1, 2, 0), (2, 1, 1), (2, 2, 1);
