#include "schemas/schema_import.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <regex>

#include "base/file.h"
#include "base/random.h"
#include "base/strings.h"
#include "schemas/compiled_schema.h"
#include "schemas/pes_reader.h"
#include "xml/parser.h"

namespace sceau::schemas {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kXsd = "http://www.w3.org/2001/XMLSchema";

// One XSD file: what it declares, what it names, and the tags to mend.
class XsdReader final : public xml::Handler {
 public:
  struct Mend {
    xml::ByteRange tag;
    std::string from, to;  // the attribute's value, quoted
  };

  Status OnStart(const xml::StartElement& element) override {
    if (element.uri != kXsd) return OkStatus();
    const auto value = [&](std::string_view name) {
      const xml::Attribute* found = element.Find(name);
      return found == nullptr ? std::string() : std::string(found->value);
    };
    if (element.depth == 1) target_ = value("targetNamespace");
    if (element.local == "element" && element.depth == 2) {
      elements_.push_back({target_, value("name"), ""});
    }
    if (element.local == "import" || element.local == "include" || element.local == "redefine") {
      if (const std::string location = value("schemaLocation"); !location.empty()) {
        locations_.push_back({location, {element.line, element.column, std::string(element.qname)}});
      }
    }
    // libxml2's integers end at 24 digits; serial numbers of certificates have up to 49.
    const std::string type = value("type");
    const size_t colon = type.find(':') + 1;  // 0 when there is none
    if (element.local == "element" && value("name") == "X509SerialNumber" &&
        type.substr(colon) == "integer") {
      mends_.push_back({element.bytes, type, Concat(type.substr(0, colon), "string")});
    }
    return OkStatus();
  }
  Status OnEnd(const xml::EndElement&) override { return OkStatus(); }

  const std::vector<SchemaRoot>& elements() const { return elements_; }
  const std::vector<std::pair<std::string, Place>>& locations() const { return locations_; }

  void MendText(std::string& text) const {
    for (auto mend = mends_.rbegin(); mend != mends_.rend(); ++mend) {
      std::string tag = text.substr(static_cast<size_t>(mend->tag.offset), static_cast<size_t>(mend->tag.length));
      for (const char quote : {'"', '\''}) {
        const std::string from = Concat(std::string(1, quote), mend->from, std::string(1, quote));
        if (const size_t at = tag.find(from); at != std::string::npos) {
          tag.replace(at + 1, mend->from.size(), mend->to);
        }
      }
      text.replace(static_cast<size_t>(mend->tag.offset), static_cast<size_t>(mend->tag.length), tag);
    }
  }

 private:
  std::string target_;
  std::vector<SchemaRoot> elements_;
  std::vector<std::pair<std::string, Place>> locations_;
  std::vector<Mend> mends_;
};

Status In(const std::string& path, const Status& status) {
  return Error(Reason::kSchemaSetInvalid, Concat(path, ": ", Describe(status, Lang::kEn)),
               PlaceOf(status));
}

StatusOr<InputFile> AsInput(std::string_view text) {
  OutputFile file = OutputFile::Unnamed();
  SCEAU_RETURN_IF_ERROR(file.Append(text));
  return file.Reread();
}

// Every file through the gates; its references must lead to a file of the set.
StatusOr<std::vector<SchemaRoot>> CheckFiles(SchemaFiles& files) {
  std::vector<SchemaRoot> roots;
  for (auto& [path, text] : files) {
    XsdReader reader;
    SCEAU_ASSIGN_OR_RETURN(const InputFile input, AsInput(text));
    const StatusOr<xml::Gate> parsed = xml::Parse(input, reader);
    if (!parsed.ok()) return In(path, parsed.status());
    for (const auto& [location, place] : reader.locations()) {
      const fs::path target = (fs::path(path).parent_path() / location).lexically_normal();
      if (!files.contains(target.generic_string())) {
        return Error(Reason::kSchemaSetInvalid, Concat(path, ": ", location), place);
      }
    }
    reader.MendText(text);
    for (SchemaRoot root : reader.elements()) {
      root.file = path;
      roots.push_back(std::move(root));
    }
  }
  return roots;
}

// Of two files that declare one element, the one that is less deep, then the one with the shorter
// path: publishers leave older copies in the same package.
std::vector<SchemaRoot> KnownRoots(std::vector<SchemaRoot> all) {
  const auto rank = [](const SchemaRoot& root) {
    return std::tuple(std::count(root.file.begin(), root.file.end(), '/'), root.file.size(),
                      root.file);
  };
  std::vector<SchemaRoot> out;
  for (SchemaRoot& root : all) {
    xml::StartElement element;
    element.uri = root.uri;
    element.local = root.local;
    if (KindOf(element) == Kind::kXml) continue;
    const auto same = std::find_if(out.begin(), out.end(), [&](const SchemaRoot& other) {
      return other.uri == root.uri && other.local == root.local;
    });
    if (same == out.end()) {
      out.push_back(std::move(root));
    } else if (rank(root) < rank(*same)) {
      *same = std::move(root);
    }
  }
  return out;
}

// "v5.17" or "schemas_pes_v5.17.zip": "5.17"; else the name without its extension.
std::string NameFrom(const std::string& source) {
  fs::path path = fs::path(source).lexically_normal();
  if (path.filename().empty()) path = path.parent_path();
  const std::string base = path.filename().string();
  static const std::regex kVersion("[0-9]+(\\.[0-9]+)+");
  std::smatch match;
  if (std::regex_search(base, match, kVersion)) return match.str();
  return base.substr(0, base.find('.'));
}

// A folder being filled beside its final place; removed unless it got its name.
class Staging {
 public:
  explicit Staging(const std::string& folder) : path_(Concat(folder, "/.", RandomHex(16))) {}
  ~Staging() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

  Status Write(const std::string& name, std::string_view text) const {
    const std::string path = Concat(path_, "/", name);
    std::error_code error;
    fs::create_directories(fs::path(path).parent_path(), error);
    SCEAU_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path, false));
    SCEAU_RETURN_IF_ERROR(file.Append(text));
    return file.Publish();
  }

  Status MoveTo(const std::string& target) const {
    const std::string old = Concat(path_, ".old");
    std::error_code error;
    fs::rename(target, old, error);  // nothing there: nothing to keep
    fs::rename(path_, target, error);
    if (error) {
      std::error_code ignored;
      fs::rename(old, target, ignored);
      return Error(Reason::kOutputUnwritable, target);
    }
    fs::remove_all(old, error);
    return OkStatus();
  }

 private:
  const std::string path_;
};

}  // namespace

StatusOr<SchemaSet> ImportSchemaSet(const SchemaImport& import) {
  if (import.folder.empty()) return Error(Reason::kUsage, "--schemas");
  SchemaSet set;
  set.name = import.name.empty() ? NameFrom(import.source) : import.name;
  set.in_force_from = import.in_force_from;
  set.in_force_until = import.in_force_until;
  if (!IsSetName(set.name) || set.name == SchemaCatalog::kOwnSet) {
    return Error(Reason::kUsage, Concat("--name ", set.name));
  }
  for (const std::string& day : {set.in_force_from, set.in_force_until}) {
    if (!day.empty() && !IsDay(day)) return Error(Reason::kUsage, Concat(day, " (2024-01-31)"));
  }
  set.folder = Concat(import.folder, "/", set.name);
  if (fs::exists(set.folder) && !import.force) return Error(Reason::kOutputExists, set.folder);

  SCEAU_ASSIGN_OR_RETURN(SchemaFiles files, fs::is_directory(import.source)
                                                ? ReadSchemaFolder(import.source)
                                                : ReadSchemaArchive(import.source));
  SCEAU_ASSIGN_OR_RETURN(std::vector<SchemaRoot> roots, CheckFiles(files));
  set.roots = KnownRoots(std::move(roots));
  if (set.roots.empty()) return Error(Reason::kSchemaSetInvalid, import.source);

  const Staging staging(import.folder);
  for (const auto& [path, text] : files) SCEAU_RETURN_IF_ERROR(staging.Write(path, text));
  SCEAU_RETURN_IF_ERROR(staging.Write(std::string(kManifestName), ManifestOf(set)));
  for (const SchemaRoot& root : set.roots) {
    const auto compiled = CompileSchema(Concat(staging.path(), "/", root.file));
    if (!compiled.ok()) return In(root.file, compiled.status());
  }
  SCEAU_RETURN_IF_ERROR(staging.MoveTo(set.folder));
  return set;
}

}  // namespace sceau::schemas
