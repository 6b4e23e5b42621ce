// Schema sets compiled by libxml2, once, and shared between threads.
//
// A compiled schema is never changed once made; each validation has its own context.
#pragma once

#include <libxml/xmlschemas.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/c_handle.h"
#include "base/status.h"
#include "schemas/schema_set.h"

namespace sceau::schemas {

using CompiledSchema = CHandle<xmlSchema, xmlSchemaFree>;

// Compiles the XSD file and what it includes, without network. The sets were checked when they were
// imported: no DOCTYPE, nothing named outside the set. Error: kSchemaSetInvalid with libxml2's words.
StatusOr<CompiledSchema> CompileSchema(const std::string& path);
StatusOr<CompiledSchema> CompileSchemaText(std::string_view xsd);

// The installed sets, then the project's own compact set ("sceau"), which has only what is read here.
class SchemaCatalog {
 public:
  static constexpr std::string_view kOwnSet = "sceau";

  // Errors: those of LoadSchemaSets. An empty folder name: the own set only.
  static StatusOr<std::shared_ptr<const SchemaCatalog>> Load(const std::string& folder);

  // Compiles every set, so that no document has to wait for it. Error: kSchemaSetInvalid.
  Status CompileAll() const;

  const std::vector<SchemaSet>& sets() const { return sets_; }
  // The sets that know this document element, newest first; the own one only if there is no other.
  std::vector<const SchemaSet*> Fitting(std::string_view uri, std::string_view local) const;
  const SchemaSet* Find(std::string_view name) const;
  // From many threads. Error: kSchemaSetInvalid.
  StatusOr<std::shared_ptr<const CompiledSchema>> Compiled(const SchemaSet& set,
                                                           const SchemaRoot& root) const;

 private:
  std::vector<SchemaSet> sets_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<const CompiledSchema>> compiled_;
};

}  // namespace sceau::schemas
