DROP TABLE conflict_checks;
DROP TABLE waivers;
DROP TABLE relations;
