-- Results of the functions of 0.2.0, which must be the same in later versions.
SELECT module_number, inject_variables(title_template, '{"ENTITY": "x"}', 'keep'), template_variables(title_template) FROM blueprint_modules ORDER BY 1;
SELECT module_number, md5(inject_variables(content_template, '{"ENTITY": "{ENTITY}", "FLOW": 1.5}', 'empty')::text), template_variables(content_template)
FROM blueprint_modules ORDER BY 1;
SELECT u.name, m.* FROM users AS u, missing_variables(u.id) AS m ORDER BY u.name, m.module_number;
