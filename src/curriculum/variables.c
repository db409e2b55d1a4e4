/*
 * variables.c
 *		Reads the variables of a template from a jsonb object.
 *
 * Cost: linear in the object where it differs from the previous one; else a
 * comparison. A number is converted to text when it is first injected.
 *
 * Memory: one copy of the object, and two small structs for each variable, in
 * the context passed to variables_init(). The next object reuses it.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "base/argument.h"
#include "base/compat.h"
#include "curriculum/variables.h"
#include "identity/texts.h"

PG_FUNCTION_INFO_V1(is_variable_name);

void
variables_init(Variables *variables, MemoryContext context, bool constant)
{
	memset(variables, 0, sizeof(*variables));
	variables->context = context;
	variables->constant = constant;
	variables->texts = AllocSetContextCreate(context, "learnify numbers as text",
											 ALLOCSET_SMALL_SIZES);
}

/*
 * Copies the object, since texts must be padded and a jsonb must be aligned.
 */
static void
copy_variables(Variables *variables, const char *data, Size length)
{
	if (length > variables->allocated)
	{
		Size		allocated = Max(length, 2 * variables->allocated);

		if (variables->copy != NULL)
			pfree(variables->copy);
		variables->copy = NULL;
		variables->allocated = 0;
		variables->copy = MemoryContextAllocHuge(variables->context,
												 allocated + TEMPLATE_PADDING);
		variables->allocated = allocated;
	}
	memcpy(variables->copy, data, length);
	variables->length = length;
}

static const char *
container_type_name(const JsonbContainer *container)
{
	JEntry		entry = container->children[0];

	if (!JsonContainerIsScalar(container))
		return "an array";
	if (JBE_ISSTRING(entry))
		return "a string";
	if (JBE_ISNUMERIC(entry))
		return "a number";
	if (JBE_ISNULL(entry))
		return "null";
	return "a boolean";
}

static void
check_is_object(const JsonbContainer *container)
{
	if (!JsonContainerIsObject(container))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("variables must be a JSON object, not %s",
						container_type_name(container)),
				 errhint("Pass names and values, as in {\"ENTITY\": \"trade\"}."),
				 errargument("variables")));
}

/* Any name will do, although templates use those that are valid only. */
static void
check_name(TemplateText name)
{
	if (!variable_name_is_valid(name))
		check_variable_key(name.data, (int) name.length, "variables");
}

static void
allocate_slots(Variables *variables, uint32 count)
{
	uint32		allocated = Max(count, 16);

	if (count <= variables->slots_allocated)
		return;
	variables->slots_allocated = 0;
	if (variables->slots != NULL)
	{
		pfree(variables->slots);
		pfree(variables->table.items);
		variables->slots = NULL;
		variables->table.items = NULL;
	}
	variables->slots = MemoryContextAllocHuge(variables->context,
											  allocated * sizeof(VariableSlot));
	variables->table.items = MemoryContextAllocHuge(variables->context,
													allocated * sizeof(TemplateVariable));
	variables->slots_allocated = allocated;
}

/*
 * Returns the length of an entry that starts at offset: a JEntry has that, or
 * its end.
 */
static inline uint32
entry_length(JEntry entry, uint32 offset)
{
	uint32		field = JBE_OFFLENFLD(entry);

	return JBE_HAS_OFF(entry) ? field - offset : field;
}

static void
fill_slot(VariableSlot *slot, TemplateText *text, JEntry entry,
		  char *data, uint32 offset)
{
	uint32		start = offset;

	if (JBE_ISNUMERIC(entry) || JBE_ISCONTAINER(entry))
		start = INTALIGN(offset);
	slot->entry = entry;
	slot->data = data + start;
	slot->length = entry_length(entry, offset) - (start - offset);

	text->data = JBE_ISSTRING(entry) ? slot->data : NULL;
	text->length = JBE_ISSTRING(entry) ? slot->length : 0;
}

/*
 * Fills in the table. A jsonb object has all keys, in the order of the table,
 * and then all values.
 */
static void
fill_table(Variables *variables)
{
	JsonbContainer *container = (JsonbContainer *) variables->copy;
	uint32		count = JsonContainerSize(container);
	char	   *data = (char *) &container->children[count * 2];
	uint32		key = 0;
	uint32		value = getJsonbOffset(container, count);
	uint32		i;

	allocate_slots(variables, count);
	for (i = 0; i < count; i++)
	{
		TemplateVariable *item = &variables->table.items[i];

		CHECK_FOR_INTERRUPTS();
		item->name.data = data + key;
		item->name.length = entry_length(container->children[i], key);
		check_name(item->name);
		fill_slot(&variables->slots[i], &item->text,
				  container->children[count + i], data, value);
		JBE_ADVANCE_OFFSET(key, container->children[i]);
		JBE_ADVANCE_OFFSET(value, container->children[count + i]);
	}
	variables->table.count = count;
}

/* Reads a datum of type jsonb, unless it equals the one that was read last. */
void
variables_read(Variables *variables, Datum datum)
{
	struct varlena *packed;
	const char *data;
	Size		length;

	if (variables->constant && variables->valid)
		return;
	packed = PG_DETOAST_DATUM_PACKED(datum);
	data = VARDATA_ANY(packed);
	length = VARSIZE_ANY_EXHDR(packed);
	if (!variables->valid || length != variables->length ||
		memcmp(data, variables->copy, length) != 0)
	{
		variables->valid = false;
		MemoryContextReset(variables->texts);
		copy_variables(variables, data, length);
		check_is_object((JsonbContainer *) variables->copy);
		fill_table(variables);
		variables->generation++;
		variables->valid = true;
	}
	if ((Pointer) packed != DatumGetPointer(datum))
		pfree(packed);
}

static void
number_to_text(Variables *variables, const VariableSlot *slot, TemplateText *text)
{
	MemoryContext old = MemoryContextSwitchTo(variables->texts);
	char	   *digits = DatumGetCString(DirectFunctionCall1(numeric_out,
															 PointerGetDatum(slot->data)));

	text->length = strlen(digits);
	text->data = repalloc(digits, text->length + TEMPLATE_PADDING);
	MemoryContextSwitchTo(old);
}

static void
report_composite(const Variables *variables, uint32 number)
{
	TemplateText name = variables->table.items[number].name;
	const JsonbContainer *value = (JsonbContainer *) variables->slots[number].data;

	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("variable \"%.*s\" is a JSON %s and cannot be injected into text",
					(int) name.length, name.data,
					JsonContainerIsArray(value) ? "array" : "object"),
			 errhint("Give a string, a number or a boolean. Only a string of a jsonb template that is nothing but {%.*s} takes any JSON value.",
					 (int) name.length, name.data),
			 errargument("variables")));
}

/* A TemplateTextOf; a JSON null is treated as missing. */
bool
variables_text_of(void *context, uint32_t number)
{
	static const char true_text[TEMPLATE_PADDING] = "true";
	static const char false_text[TEMPLATE_PADDING] = "false";
	Variables  *variables = context;
	const VariableSlot *slot = &variables->slots[number];
	TemplateText *text = &variables->table.items[number].text;

	if (JBE_ISNULL(slot->entry))
		return false;
	if (JBE_ISCONTAINER(slot->entry))
		report_composite(variables, number);
	if (JBE_ISNUMERIC(slot->entry))
		number_to_text(variables, slot, text);
	else
	{
		text->data = JBE_ISBOOL_TRUE(slot->entry) ? true_text : false_text;
		text->length = strlen(text->data);
	}
	return true;
}

/* Sets value to a variable; it points into the copy of the object. */
void
variables_json_value(const Variables *variables, uint32 number, JsonbValue *value)
{
	const VariableSlot *slot = &variables->slots[number];

	if (JBE_ISSTRING(slot->entry))
	{
		value->type = jbvString;
		value->val.string.val = slot->data;
		value->val.string.len = slot->length;
	}
	else if (JBE_ISNUMERIC(slot->entry))
	{
		value->type = jbvNumeric;
		value->val.numeric = (Numeric) slot->data;
	}
	else if (JBE_ISNULL(slot->entry))
		value->type = jbvNull;
	else if (JBE_ISCONTAINER(slot->entry))
	{
		value->type = jbvBinary;
		value->val.binary.data = (JsonbContainer *) slot->data;
		value->val.binary.len = slot->length;
	}
	else
	{
		value->type = jbvBool;
		value->val.boolean = JBE_ISBOOL_TRUE(slot->entry);
	}
}

/* is_variable_name(name text) returns boolean */
Datum
is_variable_name(PG_FUNCTION_ARGS)
{
	text	   *name = PG_GETARG_TEXT_PP(0);
	TemplateText bytes = {VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)};

	PG_RETURN_BOOL(variable_name_is_valid(bytes));
}
