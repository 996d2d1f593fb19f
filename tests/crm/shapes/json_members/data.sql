CREATE TABLE people (id INTEGER, name TEXT, title TEXT);
INSERT INTO people VALUES (1, 'Ada', '{"en_US": "Dr"}');
CREATE TABLE role (id INTEGER, name TEXT, data TEXT);
INSERT INTO role VALUES (1, '{"text": {"en_US": "Sales", "de_DE": "Vertrieb"}}', '{"Contact": {"read": "all", "edit": "own", "delete": "no", "stream": ["x"]}, "Lead": false}');
INSERT INTO role VALUES (2, 'Support', '{"Contact": {"read": "team"}, "Case": true}');
INSERT INTO role VALUES (3, '{"text": "Guests"}', NULL);
INSERT INTO role VALUES (4, '{not json', '[1, 2]');
INSERT INTO role VALUES (5, NULL, '{"Contact": {"read": {"deeper": "all"}}, "":  {"edit": 1}');
