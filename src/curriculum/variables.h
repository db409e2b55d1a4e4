/*
 * variables.h
 *		Variables from a jsonb object, which is read once for many templates.
 */
#ifndef LEARNIFY_VARIABLES_H
#define LEARNIFY_VARIABLES_H

#include "utils/jsonb.h"

#include "curriculum/template.h"

/* A value in the copy of the object. */
typedef struct VariableSlot
{
	JEntry		entry;
	uint32		length;
	char	   *data;
} VariableSlot;

typedef struct Variables
{
	MemoryContext context;
	bool		valid;
	bool		constant;		/* the argument is a literal */
	uint64		generation;		/* changes with the variables; not 0 */
	char	   *copy;			/* padded copy of the JsonbContainer */
	Size		length;
	Size		allocated;
	TemplateVariables table;
	VariableSlot *slots;		/* parallel to table.items */
	uint32		slots_allocated;
	MemoryContext texts;		/* for numbers that have been converted */
} Variables;

extern void variables_init(Variables *variables, MemoryContext context,
						   bool constant);
extern void variables_read(Variables *variables, Datum datum);
extern bool variables_text_of(void *variables, uint32_t number);
extern void variables_json_value(const Variables *variables, uint32 number,
								 JsonbValue *value);

#endif							/* LEARNIFY_VARIABLES_H */
