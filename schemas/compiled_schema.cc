#include "schemas/compiled_schema.h"

#include <libxml/parser.h>

#include "base/embedded.h"
#include "base/strings.h"
#include "schemas/acte.h"
#include "schemas/seal.h"

namespace sceau::schemas {

absl::Span<const EmbeddedFile> OwnSchemas();  // schemas/own/*.xsd

namespace {

using ParserContext = CHandle<xmlSchemaParserCtxt, xmlSchemaFreeParserCtxt>;

// The document elements of the own set, and the file each is declared in.
struct OwnRoot {
  std::string_view uri, local, file;
};
constexpr OwnRoot kOwnRoots[] = {
    {"http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller", "PES_Aller", "pes_aller.xsd"},
    {"http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/retour/v2", "PES_ACQUIT", "pes_acquit.xsd"},
    {kBudgetNamespace, "DocumentBudgetaire", "budget_act.xsd"},
    {kActesNamespace, "Acte", "actes.xsd"},
    {kActesNamespace, "ARActe", "actes.xsd"},
    {kActesNamespace, "AnomalieActe", "actes.xsd"},
};

// The first error; warnings (a namespace imported twice) are not.
void KeepFirst(void* data, xmlErrorPtr error) {
  auto& text = *static_cast<std::string*>(data);
  if (error->level < XML_ERR_ERROR || !text.empty()) return;
  text = Concat(error->file == nullptr ? "" : error->file, ":", error->line, ": ",
                error->message == nullptr ? "" : error->message);
  while (!text.empty() && text.back() == '\n') text.pop_back();
}

StatusOr<CompiledSchema> Compile(ParserContext context) {
  if (context == nullptr) return Error(Reason::kInternal, "memory");
  std::string error;
  xmlSchemaSetParserStructuredErrors(context.get(), &KeepFirst, &error);
  CompiledSchema schema(xmlSchemaParse(context.get()));
  if (schema == nullptr || !error.empty()) return Error(Reason::kSchemaSetInvalid, error);
  return schema;
}

}  // namespace

StatusOr<CompiledSchema> CompileSchema(const std::string& path) {
  xmlInitParser();
  return Compile(ParserContext(xmlSchemaNewParserCtxt(path.c_str())));
}

StatusOr<CompiledSchema> CompileSchemaText(std::string_view xsd) {
  xmlInitParser();
  return Compile(
      ParserContext(xmlSchemaNewMemParserCtxt(xsd.data(), static_cast<int>(xsd.size()))));
}

StatusOr<std::shared_ptr<const SchemaCatalog>> SchemaCatalog::Load(const std::string& folder) {
  auto catalog = std::make_shared<SchemaCatalog>();
  if (!folder.empty()) {
    SCEAU_ASSIGN_OR_RETURN(catalog->sets_, LoadSchemaSets(folder));
  }
  SchemaSet own;
  own.name = kOwnSet;
  for (const OwnRoot& root : kOwnRoots) {
    own.roots.push_back({std::string(root.uri), std::string(root.local), std::string(root.file)});
  }
  catalog->sets_.push_back(std::move(own));
  return std::shared_ptr<const SchemaCatalog>(std::move(catalog));
}

Status SchemaCatalog::CompileAll() const {
  for (const SchemaSet& set : sets_) {
    for (const SchemaRoot& root : set.roots) {
      SCEAU_RETURN_IF_ERROR(Compiled(set, root).status());
    }
  }
  return OkStatus();
}

std::vector<const SchemaSet*> SchemaCatalog::Fitting(std::string_view uri,
                                                     std::string_view local) const {
  std::vector<const SchemaSet*> out;
  for (const SchemaSet& set : sets_) {
    if (set.Find(uri, local) == nullptr) continue;
    if (set.folder.empty() && !out.empty()) continue;
    out.push_back(&set);
  }
  return out;
}

const SchemaSet* SchemaCatalog::Find(std::string_view name) const {
  for (const SchemaSet& set : sets_) {
    if (set.name == name) return &set;
  }
  return nullptr;
}

StatusOr<std::shared_ptr<const CompiledSchema>> SchemaCatalog::Compiled(
    const SchemaSet& set, const SchemaRoot& root) const {
  const std::lock_guard lock(mutex_);
  const std::string path = Concat(set.folder, "/", root.file);
  std::shared_ptr<const CompiledSchema>& known = compiled_[path];
  if (known != nullptr) return known;
  if (!set.folder.empty()) {
    SCEAU_ASSIGN_OR_RETURN(CompiledSchema schema, CompileSchema(path));
    known = std::make_shared<const CompiledSchema>(std::move(schema));
    return known;
  }
  for (const EmbeddedFile& file : OwnSchemas()) {
    if (file.name != root.file) continue;
    SCEAU_ASSIGN_OR_RETURN(CompiledSchema schema, CompileSchemaText(file.text));
    known = std::make_shared<const CompiledSchema>(std::move(schema));
    return known;
  }
  return Error(Reason::kInternal, root.file);
}

}  // namespace sceau::schemas
