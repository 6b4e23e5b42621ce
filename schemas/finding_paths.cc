#include "schemas/finding_paths.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/strings.h"
#include "xml/parser.h"

namespace sceau::schemas {
namespace {

using At = std::pair<int64_t, int64_t>;  // line and column

bool Lacks(const Finding& finding) {
  return finding.place.line > 0 && !finding.place.element.starts_with('/');
}

class PathFinder final : public xml::Handler {
 public:
  explicit PathFinder(std::vector<Finding>& findings) {
    for (Finding& it : findings) {
      if (Lacks(it)) wanted_.emplace_back(At{it.place.line, it.place.column}, &it);
    }
    std::stable_sort(wanted_.begin(), wanted_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
  }
  bool any() const { return !wanted_.empty(); }

  Status OnStart(const xml::StartElement& element) override {
    if (depth_ == open_.size()) open_.emplace_back();
    Open& open = open_[depth_];
    open.qname = element.qname;
    open.children.clear();
    open.index = depth_ == 0 ? 1 : IndexIn(open_[depth_ - 1], open.qname);
    ++depth_;
    const At here{element.line, element.column};
    while (next_ < wanted_.size() && wanted_[next_].first < here) ++next_;
    for (; next_ < wanted_.size() && wanted_[next_].first == here; ++next_) {
      wanted_[next_].second->place.element = Path();
    }
    return OkStatus();
  }
  Status OnEnd(const xml::EndElement&) override {
    --depth_;
    return OkStatus();
  }

 private:
  static constexpr size_t kMaxNames = 10'000;  // among the children of one element

  struct Open {
    std::string qname;
    int64_t index = 1;  // among its siblings of this name; 0: not known
    absl::flat_hash_map<std::string, int64_t> children;
  };

  static int64_t IndexIn(Open& parent, const std::string& qname) {
    const auto known = parent.children.find(qname);
    if (known != parent.children.end()) return ++known->second;
    if (parent.children.size() >= kMaxNames) return 0;
    parent.children.emplace(qname, 1);
    return 1;
  }

  std::string Path() const {
    std::string path;
    for (size_t i = 0; i < depth_; ++i) {
      AppendTo(path, "/", open_[i].qname);
      // The root and the parts below it stand once.
      if (i >= 2 || open_[i].index > 1) AppendTo(path, "[", open_[i].index, "]");
    }
    return path;
  }

  std::vector<std::pair<At, Finding*>> wanted_;  // in document order
  size_t next_ = 0;
  std::vector<Open> open_;
  size_t depth_ = 0;  // open ones; the rest keep their memory
};

}  // namespace

Status AddPaths(const InputFile& file, std::vector<Finding>& findings) {
  PathFinder finder(findings);
  return finder.any() ? xml::Parse(file, finder).status() : OkStatus();
}

}  // namespace sceau::schemas
