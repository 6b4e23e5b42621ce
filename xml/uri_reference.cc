#include "xml/uri_reference.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace sceau::xml {
namespace {

struct UriReference {
  std::optional<std::string_view> scheme, authority, query;
  std::string path;
};

// RFC 3986 appendix B, without the fragment.
UriReference Split(std::string_view text) {
  UriReference out;
  text = text.substr(0, text.find('#'));
  if (const size_t query = text.find('?'); query != std::string_view::npos) {
    out.query = text.substr(query + 1);
    text = text.substr(0, query);
  }
  const size_t colon = text.find_first_of(":/");
  if (colon != std::string_view::npos && colon > 0 && text[colon] == ':') {
    out.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const size_t end = std::min(text.find('/'), text.size());
    out.authority = text.substr(0, end);
    text.remove_prefix(end);
  }
  out.path = text;
  return out;
}

// RFC 3986 §5.3.
std::string Compose(const UriReference& parts) {
  std::string out;
  if (parts.scheme) out.append(*parts.scheme).append(":");
  if (parts.authority) out.append("//").append(*parts.authority);
  out.append(parts.path);
  if (parts.query) out.append("?").append(*parts.query);
  return out;
}

// RFC 3986 §5.2.3.
std::string Merge(const UriReference& base, std::string_view path) {
  if (base.authority && base.path.empty()) return std::string("/").append(path);
  const size_t directory = base.path.rfind('/') + 1;  // 0 when there is no slash
  return base.path.substr(0, directory).append(path);
}

}  // namespace

std::string RemoveDotSegments(std::string_view path) {
  const bool absolute = path.starts_with('/');
  std::vector<std::string_view> kept;
  bool directory = false;  // the path ends in "/", "." or ".."
  while (true) {
    const size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    directory = segment.empty() || segment == "." || segment == "..";
    if (!directory || (segment == ".." && !absolute && (kept.empty() || kept.back() == ".."))) {
      kept.push_back(segment);
    } else if (segment == ".." && !kept.empty()) {
      kept.pop_back();
    }
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  std::string out(absolute ? "/" : "");
  for (size_t i = 0; i < kept.size(); ++i) {
    out.append(kept[i]);
    if (i + 1 < kept.size() || directory) out.push_back('/');
  }
  return out;
}

// RFC 3986 §5.2.2.
std::string JoinUriReferences(std::string_view base_text, std::string_view reference_text) {
  UriReference base = Split(base_text);
  if (base.path == ".." || base.path.ends_with("/..")) base.path.push_back('/');
  UriReference target = Split(reference_text);
  if (target.scheme || target.authority) {
    if (!target.scheme) target.scheme = base.scheme;
    target.path = RemoveDotSegments(target.path);
    return Compose(target);
  }
  target.scheme = base.scheme;
  target.authority = base.authority;
  if (target.path.empty()) {
    target.path = base.path;
    if (!target.query) target.query = base.query;
  } else {
    const bool rooted = target.path.starts_with('/');
    target.path = RemoveDotSegments(rooted ? target.path : Merge(base, target.path));
  }
  return Compose(target);
}

}  // namespace sceau::xml
