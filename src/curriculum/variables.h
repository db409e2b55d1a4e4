/*
 * variables.h
 *		Variables given as a jsonb object, read once for many templates.
 */
#ifndef LEARNIFY_VARIABLES_H
#define LEARNIFY_VARIABLES_H

#include "utils/jsonb.h"

#include "curriculum/template.h"

/* A value, where it lies in the copy of the variables. */
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
	bool		constant;		/* given as a literal: no need to compare */
	uint64		generation;		/* another one for other variables; never 0 */
	char	   *copy;			/* of the JsonbContainer, padded */
	Size		length;
	Size		allocated;
	TemplateVariables table;
	VariableSlot *slots;		/* beside table.items */
	uint32		slots_allocated;
	MemoryContext texts;		/* of the numbers that were injected */
} Variables;

extern void variables_init(Variables *variables, MemoryContext context,
						   bool constant);
extern void variables_read(Variables *variables, Datum datum);
extern bool variables_text_of(void *variables, uint32_t number);
extern void variables_json_value(const Variables *variables, uint32 number,
								 JsonbValue *value);

#endif							/* LEARNIFY_VARIABLES_H */
