#include "tests/xml/comparison.h"

#include <algorithm>
#include <regex>

#include "absl/strings/str_replace.h"
#include "base/strings.h"
#include "tests/xml/libxml2_peer.h"

namespace sceau::test {
namespace {

using xml::CanonicalMethod;
using xml::CanonicalOptions;

std::vector<CanonicalOptions> OptionsFor(const Outline& outline) {
  std::vector<std::string> some = outline.prefixes;
  if (some.size() > 8) some.resize(8);
  std::vector<std::string> all = some;
  for (const char* more : {"", "absent", "xml"}) {
    if (std::find(all.begin(), all.end(), more) == all.end()) all.emplace_back(more);
  }
  if (some.size() > 2) some.resize(2);
  std::vector<CanonicalOptions> out;
  for (const bool comments : {false, true}) {
    out.push_back({CanonicalMethod::kExclusive, comments, {}});
    out.push_back({CanonicalMethod::kExclusive, comments, {""}});
    out.push_back({CanonicalMethod::kExclusive, comments, some});
    out.push_back({CanonicalMethod::kExclusive, comments, all});
    out.push_back({CanonicalMethod::kInclusive10, comments, {}});
    out.push_back({CanonicalMethod::kInclusive11, comments, {}});
  }
  return out;
}

std::vector<int> ApexesOf(const Outline& outline, Chance& chance, int max) {
  const int count = static_cast<int>(outline.elements.size());
  std::vector<int> out = {-1};
  for (int i = 0; i < std::min(max, count); ++i)
    out.push_back(count <= max ? i : chance.Below(count));
  return out;
}

// An element below the apex (below the document element, for the document), or -1.
int SkipFor(const Outline& outline, int apex, Chance& chance) {
  const int first = std::max(apex, 0) + 1;
  const int below = outline.EndOf(apex) - first;
  return below == 0 || chance.OneIn(2) ? -1 : first + chance.Below(below);
}

// The xml:base values around and of the apex, outermost first; `around` tells how many are around.
std::vector<std::string> BasesOf(const Outline& outline, int apex) {
  std::vector<std::string> out;
  for (int at = apex; at >= 0; at = outline.elements[static_cast<size_t>(at)].parent) {
    const auto& base = outline.elements[static_cast<size_t>(at)].base;
    if (base) out.insert(out.begin(), *base);
  }
  return out;
}

// Takes xml:base out of the start tag that a canonical form begins with.
void EraseBase(std::string& form) {
  bool quoted = false;
  for (size_t i = 0; i < form.size() && (quoted || form[i] != '>'); ++i) {
    if (form[i] == '"') quoted = !quoted;
    if (!quoted && form.compare(i, 11, " xml:base=\"") == 0) {
      form.erase(i, form.find('"', i + 11) + 1 - i);
      return;
    }
  }
}

// Takes out of a form what libxml2 is known to write in another way (canonical_test.cc).
void LeaveOutDepartures(const Outline& outline, const FormOrder& order, std::string& form) {
  if (outline.ampersand_in_namespace) absl::StrReplaceAll({{"&amp;", "&"}}, &form);
  if (order.options.method != CanonicalMethod::kInclusive11) return;
  absl::StrReplaceAll({{" xml:base=\"\"", ""}}, &form);
  if (order.apex >= 0 && !Libxml2JoinsAsTheStandard(BasesOf(outline, order.apex))) EraseBase(form);
}

std::string FirstDifference(std::string_view ours, std::string_view theirs) {
  const auto at = std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end()).first;
  const size_t offset = static_cast<size_t>(at - ours.begin());
  const size_t from = offset < 60 ? 0 : offset - 60;
  return Concat("at ", offset, "\n  ours:   ", ours.substr(from, 160),
                "\n  theirs: ", theirs.substr(from, 160));
}

class Comparer {
 public:
  Comparer(std::string_view document, uint64_t seed)
      : file_(FileOf(document)), peer_(document), chance_(seed) {}

  Comparison Run(int max_apexes) {
    const auto outline = OutlineOf(file_);
    if (!outline.ok()) return Refused(outline.status());
    Order(*outline, max_apexes);
    const auto ours = FormsOf(file_, orders_);
    if (!ours.ok()) return Refused(ours.status());
    if (!peer_.parsed()) return {Comparison::Verdict::kTheyRefuse, 0, OkStatus(), peer_.error()};
    Comparison out;
    for (size_t i = 0; i < orders_.size(); ++i) {
      Compare(*outline, orders_[i], (*ours)[i], out);
      if (out.verdict != Comparison::Verdict::kEqual) return out;
    }
    CompareFragments(*outline, *ours, max_apexes, out);
    return out;
  }

 private:
  Comparison Refused(const Status& status) {
    const bool they_do = !peer_.parsed() || !peer_.Form({{CanonicalMethod::kInclusive10}});
    return {they_do ? Comparison::Verdict::kBothRefuse : Comparison::Verdict::kWeRefuse, 0, status,
            peer_.error()};
  }

  void Order(const Outline& outline, int max_apexes) {
    const std::vector<CanonicalOptions> options = OptionsFor(outline);
    for (const int apex : ApexesOf(outline, chance_, max_apexes)) {
      for (const CanonicalOptions& o : options) {
        orders_.push_back({o, apex, SkipFor(outline, apex, chance_)});
      }
    }
  }

  void Compare(const Outline& outline, const FormOrder& order, std::string ours, Comparison& out) {
    auto theirs = peer_.Form(order);
    if (!theirs) {
      out.verdict = Comparison::Verdict::kTheyRefuse;
      out.detail = Describe(order);
      return;
    }
    LeaveOutDepartures(outline, order, ours);
    LeaveOutDepartures(outline, order, *theirs);
    ++out.forms;
    if (ours == *theirs) return;
    out.verdict = Comparison::Verdict::kDiffer;
    out.detail = Concat(Describe(order), " ", FirstDifference(ours, *theirs));
  }

  void CompareFragments(const Outline& outline, const std::vector<std::string>& ours, int count,
                        Comparison& out) {
    for (int i = 0; i < count; ++i) {
      const size_t chosen = static_cast<size_t>(chance_.Below(static_cast<int>(orders_.size())));
      if (orders_[chosen].apex < 0) continue;
      int root = orders_[chosen].apex;
      for (int up = chance_.Below(4); up > 0 && root > 0; --up) {
        root = outline.elements[static_cast<size_t>(root)].parent;
      }
      const auto form = FormOfFragment(file_, root, orders_[chosen]);
      if (ReasonOf(form.status()) == Reason::kXmlLimitExceeded) continue;
      ++out.forms;
      if (form.ok() && *form == ours[chosen]) continue;
      out.verdict = Comparison::Verdict::kDiffer;
      out.detail = Concat(
          Describe(orders_[chosen]), " from the fragment ", root, " ",
          form.ok() ? FirstDifference(*form, ours[chosen]) : std::string(form.status().message()));
      return;
    }
  }

  InputFile file_;
  Libxml2 peer_;
  Chance chance_;
  std::vector<FormOrder> orders_;
};

}  // namespace

bool Libxml2JoinsAsTheStandard(const std::vector<std::string>& bases) {
  static const std::regex kPlain(
      "([a-z]+://[a-z]+/|/|\\.\\./)?([A-Za-z0-9_-]+/)*([A-Za-z0-9_-]+)?");
  const auto up = [](const std::string& base) { return base.starts_with(".."); };
  return std::count_if(bases.begin(), bases.end(), up) <= 1 &&
         std::all_of(bases.begin(), bases.end(), [](const std::string& base) {
           return !base.empty() && std::regex_match(base, kPlain);
         });
}

Comparison CompareWithLibxml2(std::string_view document, uint64_t seed, int max_apexes) {
  return Comparer(document, seed).Run(max_apexes);
}

}  // namespace sceau::test
