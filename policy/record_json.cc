#include "policy/record_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/strings.h"
#include "policy/instant.h"

namespace sceau::policy {
namespace {

template <typename Enum>
using Names = std::vector<std::pair<std::string_view, Enum>>;

const Names<Power> kPowers = {{"service-fait", Power::kServiceFait},
                              {"executory", Power::kExecutory},
                              {"titres-executory", Power::kTitresExecutory}};
const Names<Destination> kDestinations = {{"accountant", Destination::kAccountant},
                                          {"prefecture", Destination::kPrefecture}};

// Visits every field of a record once to read it. The first complaint stays.
class Reader {
 public:
  Reader(const Json& json, const std::optional<absl::TimeZone>& zone) : json_(json), zone_(zone) {}

  void Required(std::string_view key, std::string& out) {
    Optional(key, out);
    if (out.empty()) Wrong(key);
  }
  void Optional(std::string_view key, std::string& out) {
    if (const Json* value = Take(key)) {
      if (!value->is_string()) return Wrong(key);
      out = value->get<std::string>();
    }
  }
  void Optional(std::string_view key, bool& out) {
    if (const Json* value = Take(key)) {
      if (!value->is_boolean()) return Wrong(key);
      out = value->get<bool>();
    }
  }
  void Optional(std::string_view key, std::vector<std::string>& out) {
    const Json* value = Take(key);
    if (value == nullptr) return;
    if (!value->is_array()) return Wrong(key);
    for (const Json& entry : *value) {
      if (!entry.is_string() || entry.get<std::string>().empty()) return Wrong(key);
      out.push_back(entry.get<std::string>());
    }
  }
  void Optional(std::string_view key, std::optional<int64_t>& out) {
    if (const Json* value = Take(key)) {
      if (!value->is_number_integer() || value->get<int64_t>() < 0) return Wrong(key);
      out = value->get<int64_t>();
    }
  }
  void Optional(std::string_view key, Bound bound, absl::Time& out) {
    std::string text;
    Optional(key, text);
    if (text.empty()) return;
    const auto instant = ReadInstant(text, bound, zone_);
    if (!instant.ok()) return Wrong(key);
    out = *instant;
  }
  void Optional(std::string_view key, std::optional<absl::Time>& out) {
    absl::Time instant = absl::InfinitePast();
    Optional(key, Bound::kFrom, instant);
    if (instant != absl::InfinitePast()) out = instant;
  }
  template <typename Enum>
  void Optional(std::string_view key, const Names<Enum>& names, std::vector<Enum>& out) {
    std::vector<std::string> texts;
    Optional(key, texts);
    for (const std::string& text : texts) {
      const auto found = std::find_if(names.begin(), names.end(),
                                      [&](const auto& name) { return name.first == text; });
      if (found == names.end()) return Wrong(key);
      out.push_back(found->second);
    }
  }
  void Optional(std::string_view key, std::vector<LegalBasis>& out) {
    const Json* value = Take(key);
    if (value == nullptr) return;
    if (!value->is_array()) return Wrong(key);
    for (const Json& entry : *value) {
      if (!entry.is_object()) return Wrong(key);
      Reader reader(entry, zone_);
      LegalBasis basis;
      reader.Required("reference", basis.reference);
      reader.Optional("from", Bound::kFrom, basis.from);
      reader.Optional("until", Bound::kUntil, basis.until);
      if (!reader.Finish().ok()) return Wrong(key);
      out.push_back(std::move(basis));
    }
  }
  void Version() {
    const Json* value = Take("version");
    if (value != nullptr && *value != 1) Wrong("version");
  }
  void Wrong(std::string_view key) {
    if (wrong_.empty()) wrong_ = key;
  }
  Status Finish() {
    for (const auto& [key, value] : json_.items()) {
      if (std::find(taken_.begin(), taken_.end(), key) == taken_.end()) Wrong(key);
    }
    return wrong_.empty() ? OkStatus() : Error(Reason::kDelegationInvalid, wrong_);
  }

 private:
  const Json* Take(std::string_view key) {
    taken_.emplace_back(key);
    const auto found = json_.find(taken_.back());
    return found == json_.end() ? nullptr : &*found;
  }

  const Json& json_;
  const std::optional<absl::TimeZone>& zone_;
  std::vector<std::string> taken_;
  std::string wrong_;
};

// Writes what Reader reads; what has its default value is left out.
class Writer {
 public:
  void Required(std::string_view key, const std::string& value) { json_[std::string(key)] = value; }
  void Optional(std::string_view key, const std::string& value) {
    if (!value.empty()) Required(key, value);
  }
  void Optional(std::string_view key, bool value) {
    if (value) json_[std::string(key)] = true;
  }
  void Optional(std::string_view key, const std::vector<std::string>& value) {
    if (!value.empty()) json_[std::string(key)] = value;
  }
  void Optional(std::string_view key, const std::optional<int64_t>& value) {
    if (value) json_[std::string(key)] = *value;
  }
  void Optional(std::string_view key, Bound, absl::Time value) {
    if (value != absl::InfinitePast() && value != absl::InfiniteFuture()) {
      Required(key, WriteInstant(value));
    }
  }
  void Optional(std::string_view key, const std::optional<absl::Time>& value) {
    if (value) Required(key, WriteInstant(*value));
  }
  template <typename Enum>
  void Optional(std::string_view key, const Names<Enum>& names, const std::vector<Enum>& value) {
    for (const Enum entry : value) {
      for (const auto& [name, named] : names) {
        if (named == entry) json_[std::string(key)].push_back(name);
      }
    }
  }
  void Optional(std::string_view key, const std::vector<LegalBasis>& value) {
    for (const LegalBasis& basis : value) {
      Writer writer;
      writer.Required("reference", basis.reference);
      writer.Optional("from", Bound::kFrom, basis.from);
      writer.Optional("until", Bound::kUntil, basis.until);
      json_[std::string(key)].push_back(std::move(writer.json_));
    }
  }
  void Version() { json_["version"] = 1; }
  Json& json() { return json_; }

 private:
  Json json_ = Json::object();
};

// Lists what Reader reads.
class Lister {
 public:
  void Required(std::string_view key, const std::string&) { Add(key, FieldForm::kText, true); }
  void Optional(std::string_view key, const std::string&) { Add(key, FieldForm::kText); }
  void Optional(std::string_view key, bool) { Add(key, FieldForm::kFlag); }
  void Optional(std::string_view key, const std::vector<std::string>&) {
    Add(key, FieldForm::kTexts);
  }
  void Optional(std::string_view key, const std::optional<int64_t>&) {
    Add(key, FieldForm::kNumber);
  }
  void Optional(std::string_view key, Bound, absl::Time) { Add(key, FieldForm::kInstant); }
  void Optional(std::string_view key, const std::optional<absl::Time>&) {
    Add(key, FieldForm::kInstant);
  }
  template <typename Enum>
  void Optional(std::string_view key, const Names<Enum>&, const std::vector<Enum>&) {
    Add(key, FieldForm::kTexts);
  }
  void Optional(std::string_view key, const std::vector<LegalBasis>&) {
    Add(key, FieldForm::kNested);
  }
  void Version() {}
  std::vector<Field> Take() { return std::move(fields_); }

 private:
  void Add(std::string_view key, FieldForm form, bool required = false) {
    fields_.push_back({std::string(key), form, required});
  }
  std::vector<Field> fields_;
};

// The fields of each record: the same list reads, writes and lists. `Of` is const for a writer.
template <typename IO, typename R>
concept Of = std::is_same_v<std::remove_const_t<IO>, R>;

template <typename V>
void Fields(V& v, Of<Collectivite> auto& r) {
  v.Required("name", r.name);
  v.Required("time_zone", r.time_zone);
  v.Optional("territory", r.territory);
  v.Optional("legal_bases", r.legal_bases);
  v.Optional("certificates_validated", r.certificates_validated);
  v.Optional("acts_verified", r.acts_verified);
  v.Optional("acts_travel", r.acts_travel);
}
template <typename V>
void Fields(V& v, Of<Budget> auto& r) {
  v.Required("collectivite", r.collectivite);
  v.Required("siret", r.siret);
  v.Optional("id_post", r.id_post);
  v.Required("cod_col", r.cod_col);
  v.Required("cod_bud", r.cod_bud);
}
template <typename V>
void Fields(V& v, Of<Person> auto& r) {
  v.Required("name", r.name);
}
template <typename V>
void Fields(V& v, Of<CertificateBinding> auto& r) {
  v.Required("person", r.person);
  v.Required("issuer", r.issuer);
  v.Required("serial", r.serial);
  v.Required("key_sha256", r.key_sha256);
  v.Optional("dgfip", r.dgfip);
  v.Optional("destinations", kDestinations, r.destinations);
}
template <typename V>
void Fields(V& v, Of<CertificateValidation> auto& r) {
  v.Required("collectivite", r.collectivite);
  v.Required("certificate", r.certificate);
  v.Required("reference", r.reference);
}
template <typename V>
void Fields(V& v, Of<Office> auto& r) {
  v.Required("collectivite", r.collectivite);
  v.Required("title", r.title);
  v.Optional("by_delegation", r.by_delegation);
  v.Optional("ordonnateur", r.ordonnateur);
}
template <typename V>
void Fields(V& v, Of<Mandate> auto& r) {
  v.Required("office", r.office);
  v.Required("person", r.person);
}
template <typename V>
void Fields(V& v, Of<Delegation> auto& r) {
  v.Required("reference", r.reference);
  v.Optional("signed_at", r.signed_at);
  v.Optional("published_at", r.published_at);
  v.Optional("transmitted_at", r.transmitted_at);
  v.Required("delegator_office", r.delegator_office);
  v.Required("delegate", r.delegate);
  v.Optional("delegate_office", r.delegate_office);
  v.Optional("founding_text", r.founding_text);
  v.Optional("matters", r.matters);
  v.Optional("powers", kPowers, r.powers);
  v.Optional("kinds", r.kinds);
  v.Optional("budgets", r.budgets);
  v.Optional("bordereau_types", r.bordereau_types);
  v.Optional("piece_ceiling", r.piece_ceiling);
  v.Optional("bordereau_ceiling", r.bordereau_ceiling);
  v.Optional("in_absence_only", r.in_absence_only);
  v.Optional("sub_delegation", r.sub_delegation);
  v.Optional("parent", r.parent);
  v.Optional("act_sha256", r.act_sha256);
  v.Optional("act_verified", r.act_verified);
}
template <typename V>
void Fields(V& v, Of<Absence> auto& r) {
  v.Required("office", r.office);
}
template <typename V>
void Fields(V& v, Of<Revocation> auto& r) {
  v.Required("target", r.target);
  v.Optional("reference", r.reference);
}
template <typename V>
void Fields(V& v, Of<KindRule> auto& r) {
  v.Required("collectivite", r.collectivite);
  v.Required("kind", r.kind);
  v.Optional("name_pattern", r.name_pattern);
  v.Optional("type_pj", r.type_pj);
  v.Optional("domain", r.domain);
  v.Optional("decision", r.decision);
}

struct Type {
  std::string_view name;
  Body empty;
};
// In the order of Body's alternatives.
const std::vector<Type>& Types() {
  static const std::vector<Type> types = {{"collectivite", Collectivite{}},
                                          {"budget", Budget{}},
                                          {"person", Person{}},
                                          {"certificate", CertificateBinding{}},
                                          {"certificate-validation", CertificateValidation{}},
                                          {"office", Office{}},
                                          {"mandate", Mandate{}},
                                          {"delegation", Delegation{}},
                                          {"absence", Absence{}},
                                          {"revocation", Revocation{}},
                                          {"kind-rule", KindRule{}}};
  return types;
}

// What no field says by itself.
std::string_view Inconsistent(const Record& record) {
  if (record.valid_from >= record.valid_until) return "valid_until";
  if (std::holds_alternative<Revocation>(record.body)) {
    if (record.valid_from == absl::InfinitePast()) return "valid_from";
    if (record.valid_until != absl::InfiniteFuture()) return "valid_until";
  }
  if (const auto* it = std::get_if<Collectivite>(&record.body)) {
    if (!LoadZone(it->time_zone).ok()) return "time_zone";
  }
  if (const auto* it = std::get_if<CertificateBinding>(&record.body)) {
    const auto& to = it->destinations;
    if (to.empty()) return "destinations";
    if (it->dgfip && std::count(to.begin(), to.end(), Destination::kPrefecture) > 0) {
      return "destinations";
    }
  }
  if (const auto* it = std::get_if<Delegation>(&record.body)) {
    if (!it->signed_at) return "signed_at";
    if (it->matters.empty()) return "matters";
    if (it->act_verified && it->act_sha256.empty()) return "act_sha256";
    if (it->published_at && *it->published_at < *it->signed_at) return "published_at";
    if (it->transmitted_at && *it->transmitted_at < *it->signed_at) return "transmitted_at";
  }
  if (const auto* it = std::get_if<KindRule>(&record.body)) {
    if (it->name_pattern.empty() && it->type_pj.empty() && it->domain.empty()) return "kind";
  }
  return {};
}

template <typename V, typename R>
void Common(V& v, R& record) {
  v.Version();
  v.Required("id", record.id);
  v.Optional("valid_from", Bound::kFrom, record.valid_from);
  v.Optional("valid_until", Bound::kUntil, record.valid_until);
}

}  // namespace

StatusOr<Record> ReadRecord(const Json& json, const std::optional<absl::TimeZone>& zone) {
  if (!json.is_object()) return Error(Reason::kDelegationInvalid, "{}");
  Reader reader(json, zone);
  std::string name;
  reader.Required("type", name);
  const auto type = std::find_if(Types().begin(), Types().end(),
                                 [&](const Type& each) { return each.name == name; });
  if (type == Types().end()) return Error(Reason::kDelegationInvalid, Concat("type: ", name));
  Record record;
  record.body = type->empty;
  Common(reader, record);
  std::optional<absl::Time> recorded_at;
  reader.Optional("recorded_at", recorded_at);
  if (!recorded_at) reader.Wrong("recorded_at");
  std::visit([&](auto& body) { Fields(reader, body); }, record.body);
  SCEAU_RETURN_IF_ERROR(reader.Finish());
  record.recorded_at = *recorded_at;
  const std::string_view wrong = Inconsistent(record);
  if (!wrong.empty()) return Error(Reason::kDelegationInvalid, Concat(record.id, ": ", wrong));
  return record;
}

StatusOr<Record> ReadRecordLine(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (json.is_discarded()) return Error(Reason::kDelegationInvalid, "JSON");
  return ReadRecord(json, std::nullopt);
}

std::string WriteRecordLine(const Record& record) {
  Writer writer;
  writer.Required("type", std::string(TypeOf(record)));
  Common(writer, record);
  writer.Required("recorded_at", WriteInstant(record.recorded_at));
  std::visit([&](const auto& body) { Fields(writer, body); }, record.body);
  return writer.json().dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<Field> FieldsOf(std::string_view type) {
  Lister lister;
  for (const Type& each : Types()) {
    if (each.name != type) continue;
    const Record record{.recorded_at = absl::UnixEpoch(), .body = each.empty};
    Common(lister, record);
    std::visit([&](const auto& body) { Fields(lister, body); }, record.body);
  }
  return lister.Take();
}

std::vector<std::string_view> TypeNames() {
  std::vector<std::string_view> names;
  for (const Type& each : Types()) names.push_back(each.name);
  return names;
}

std::string_view TypeOf(const Record& record) { return Types()[record.body.index()].name; }

}  // namespace sceau::policy
