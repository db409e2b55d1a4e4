/*
 * inject.h
 *		What the functions for templates of type text and jsonb share.
 */
#ifndef LEARNIFY_INJECT_H
#define LEARNIFY_INJECT_H

#include "fmgr.h"
#include "utils/jsonb.h"

#include "curriculum/template.h"

/* A longer result is refused before memory is allocated for it. */
#define MAX_RENDERED_BYTES	(256 * 1024 * 1024)

typedef struct InjectSite InjectSite;

/*
 * For inject_variables(): inject_begin once for each call and then, for each
 * template, the others in this order.
 */
extern InjectSite *inject_begin(FunctionCallInfo fcinfo);
extern void inject_open(InjectSite *site, TemplateText source);
extern bool inject_whole_variable(const InjectSite *site, JsonbValue *value);
extern uint64 inject_measure(InjectSite *site);
extern bool inject_lacks_variables(const InjectSite *site);
extern void inject_report_missing(const InjectSite *site);
extern void inject_check_size(uint64 bytes, uint64 limit);
extern void inject_render(InjectSite *site, char *destination);

/* For template_variables() */
typedef struct NameCollector
{
	TemplateParser parser;
	TemplateTexts names;
	bool		without_default;
} NameCollector;

extern void collector_init(NameCollector *collector, bool without_default);
extern void collect_names(NameCollector *collector, TemplateText source);

/* Returns the result; collect passes the texts of a template to collect_names. */
extern Datum template_variables(FunctionCallInfo fcinfo, Pointer template,
								void (*collect) (NameCollector *, Pointer));

#endif							/* LEARNIFY_INJECT_H */
