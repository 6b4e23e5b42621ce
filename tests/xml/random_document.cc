#include "tests/xml/random_document.h"

#include <set>
#include <utility>
#include <vector>

#include "tests/xml/comparison.h"

namespace sceau::test {
namespace {

constexpr const char* kPrefixes[] = {"", "p", "q", "r", "p2", "P", "_x.y-z"};
constexpr const char* kUris[] = {"u:1",
                                 "u:2",
                                 "http://a.example/b?c=d&amp;e#f",
                                 "urn:oid:1.2.3",
                                 "http://www.w3.org/2000/09/xmldsig#",
                                 "U:1"};
constexpr const char* kLocals[] = {"a",  "b",  "c",    "A", "aa",    "a1",
                                   "Id", "id", "lang", "_", "xmlish"};
constexpr const char* kBases[] = {
    "a/b/", "../x", "/r/s", "http://h.example/p/q", "x",   "../", "..",      "",
    "a.b",  "./x",  "y/",   "http://host/p/",       "b#f", "?q",  "../../z/"};
// In text and attribute values; @ stands for a character of the encoding beyond ASCII.
constexpr const char* kPieces[] = {
    "text",     " ",         "a b",      "&amp;", "&lt;",       "&gt;",   "&quot;",
    "&apos;",   "&#9;",      "&#10;",    "&#13;", "&#xD;&#xA;", "&#x85;", "&#xE9;",
    "&#x2028;", "&#x1D4B3;", "&#xFFFD;", "@",     "]",          "]]",     ";",
    "\t",       "x  y",      "=",        "/",     "0",          "&#32;"};
constexpr const char* kUtf8[] = {"\xC3\xA9", "\xE2\x82\xAC",     "\xF0\x9D\x92\xB3", "\xEF\xBF\xBD",
                                 "\xC2\x85", "\xF4\x8F\xBF\xBF", "\xE2\x80\xA8"};
constexpr const char* kLatin1[] = {"\xE9", "\x85", "\xA0", "\xFF", "\x80", "\xB2"};

struct Binding {
  std::string prefix, uri;
};

class Writer {
 public:
  explicit Writer(uint64_t seed) : chance_(seed) {
    latin1_ = chance_.OneIn(2);
    line_end_ = chance_.Below(4);
    shape_ = chance_.Below(8);
  }

  std::string Write() {
    if (!latin1_ && chance_.OneIn(8)) out_ += "\xEF\xBB\xBF";
    if (latin1_ || chance_.OneIn(2)) Declaration();
    for (int i = chance_.Below(3); i > 0; --i) Around();
    Element(1);
    for (int i = chance_.Below(3); i > 0; --i) Around();
    return std::move(out_);
  }

 private:
  void Declaration() {
    const char* quote = chance_.OneIn(2) ? "'" : "\"";
    out_ += std::string("<?xml version=") + quote + "1.0" + quote;
    if (latin1_ || chance_.OneIn(2)) {
      out_ += std::string(" encoding=") + quote + (latin1_ ? "ISO-8859-1" : "utf-8") + quote;
    }
    if (chance_.OneIn(4)) out_ += std::string(" standalone=") + quote + "yes" + quote;
    out_ += "?>";
  }

  void LineEnd() {
    static constexpr const char* kEnds[] = {"\n", "\r\n", "\r"};
    out_ += line_end_ < 3 ? kEnds[line_end_] : kEnds[chance_.Below(3)];
  }

  void Blank() { chance_.OneIn(4) ? LineEnd() : void(out_ += chance_.OneIn(6) ? "\t" : " "); }

  void Around() {
    if (chance_.OneIn(2)) LineEnd();
    chance_.OneIn(2) ? Comment() : Instruction();
    if (chance_.OneIn(2)) LineEnd();
  }

  // Characters as they stand in comments, instructions and CDATA sections.
  void Raw() {
    static constexpr const char* kRaw[] = {"x", " ", "&amp;", "<",   ">",
                                           "]", "'", "\"",    "a b", "<b/>"};
    for (int i = chance_.Below(5); i > 0; --i) {
      if (chance_.OneIn(5)) {
        LineEnd();
      } else {
        out_ += chance_.OneIn(4) ? Special() : chance_.Of(kRaw);
      }
    }
  }

  const char* Special() { return latin1_ ? chance_.Of(kLatin1) : chance_.Of(kUtf8); }

  void Comment() {
    out_ += "<!--";
    Raw();
    if (chance_.OneIn(3)) out_ += "- ";
    out_ += "-->";
  }

  void Instruction() {
    static constexpr const char* kTargets[] = {"p", "xml-stylesheet", "a.b", "Xm"};
    out_ += std::string("<?") + chance_.Of(kTargets);
    if (!chance_.OneIn(3)) {
      Blank();
      Raw();
    }
    out_ += "?>";
  }

  void Text() {
    for (int i = 1 + chance_.Below(4); i > 0; --i) {
      if (chance_.OneIn(5)) {
        LineEnd();
        continue;
      }
      const std::string piece = chance_.Of(kPieces);
      out_ += piece == "@" ? Special() : piece;
    }
  }

  void Cdata() {
    out_ += "<![CDATA[";
    for (int i = chance_.Below(3); i > 0; --i) {
      chance_.OneIn(3) ? LineEnd() : void(out_ += chance_.OneIn(2) ? "<&amp;>" : Special());
    }
    out_ += "]]>";
  }

  void Value() {
    const char quote = chance_.OneIn(2) ? '\'' : '"';
    out_ += quote;
    for (int i = chance_.Below(4); i > 0; --i) {
      const std::string piece = chance_.Of(kPieces);
      if (piece == "@") {
        out_ += Special();
      } else if (chance_.OneIn(8)) {
        chance_.OneIn(2) ? LineEnd() : void(out_ += quote == '"' ? "'>" : "\">");
      } else {
        out_ += piece;
      }
    }
    out_ += quote;
  }

  const std::string* UriOf(std::string_view prefix) const {
    for (auto b = scope_.rbegin(); b != scope_.rend(); ++b) {
      if (b->prefix == prefix) return &b->uri;
    }
    return nullptr;
  }

  // A prefix in scope; the empty one always is.
  std::string BoundPrefix() {
    const std::string prefix = chance_.Of(kPrefixes);
    return UriOf(prefix) == nullptr ? "" : prefix;
  }

  std::vector<std::string> Declarations() {
    std::vector<std::string> out;
    for (const char* prefix : kPrefixes) {
      if (!chance_.OneIn(6)) continue;
      const bool undeclare = *prefix == '\0' && chance_.OneIn(3);
      const std::string uri = undeclare ? "" : chance_.Of(kUris);
      scope_.push_back({prefix, uri});
      out.push_back(std::string("xmlns") + (*prefix == '\0' ? "" : ":") + prefix + "=\"" + uri +
                    "\"");
    }
    if (chance_.OneIn(40)) out.emplace_back("xmlns:xml='http://www.w3.org/XML/1998/namespace'");
    return out;
  }

  std::vector<std::string> XmlAttributes() {
    static constexpr const char* kLangs[] = {"fr", "en", ""};
    std::vector<std::string> out;
    if (chance_.OneIn(8)) out.push_back(std::string("xml:lang='") + chance_.Of(kLangs) + "'");
    if (chance_.OneIn(8)) out.emplace_back("xml:space='preserve'");
    if (chance_.OneIn(8)) out.push_back("xml:id='i" + std::to_string(ids_++) + "'");
    if (chance_.OneIn(8)) out.push_back(std::string("xml:base=\"") + chance_.Of(kBases) + "\"");
    if (chance_.OneIn(20)) out.emplace_back("xml:other='o'");
    return out;
  }

  // Writes the attributes, no name twice, and the declarations in any order.
  void Attributes(std::vector<std::string> tokens) {
    std::set<std::pair<std::string, std::string>> taken;
    for (int i = chance_.Below(5); i > 0; --i) {
      const std::string prefix = BoundPrefix();
      const std::string local = chance_.Of(kLocals);
      const std::string uri = prefix.empty() ? "" : *UriOf(prefix);
      if (!taken.insert({uri, local}).second) continue;
      tokens.push_back((prefix.empty() ? "" : prefix + ":") + local);
    }
    for (size_t i = tokens.size(); i > 1; --i) {
      std::swap(tokens[i - 1], tokens[static_cast<size_t>(chance_.Below(static_cast<int>(i)))]);
    }
    for (const std::string& token : tokens) {
      Blank();
      out_ += token;
      if (token.find('=') != std::string::npos) continue;
      if (chance_.OneIn(6)) Blank();
      out_ += '=';
      if (chance_.OneIn(6)) Blank();
      Value();
    }
  }

  void Element(int depth) {
    const size_t outer = scope_.size();
    std::vector<std::string> tokens = Declarations();
    for (std::string& token : XmlAttributes()) tokens.push_back(std::move(token));
    const std::string prefix = BoundPrefix();
    std::string name = (prefix.empty() ? "" : prefix + ":") + chance_.Of(kLocals);
    if (chance_.OneIn(10)) name += latin1_ ? "\xE9" : "\xC3\xA9";
    out_ += "<" + name;
    Attributes(std::move(tokens));
    if (chance_.OneIn(6)) Blank();
    if (depth > 1 && chance_.OneIn(4)) {
      out_ += "/>";
    } else {
      out_ += ">";
      Content(depth);
      out_ += "</" + name;
      if (chance_.OneIn(8)) Blank();
      out_ += ">";
    }
    scope_.resize(outer);
  }

  void Content(int depth) {
    const bool deep = shape_ == 0 && chance_.Below(40) > 0;
    const int most_depth = shape_ == 0 ? 250 : 6;
    int pieces = chance_.Below(shape_ == 0 ? 2 : 6);
    if (shape_ == 1 && depth == 1) pieces = 40;
    if (deep && depth < most_depth) Element(depth + 1);
    for (; pieces > 0 && out_.size() < 40'000; --pieces) {
      switch (chance_.Below(depth < most_depth ? 8 : 4)) {
        case 0:
          Comment();
          break;
        case 1:
          Instruction();
          break;
        case 2:
          Cdata();
          break;
        case 3:
          Text();
          break;
        default:
          shape_ != 0 && ++elements_ < 60 ? Element(depth + 1) : Text();
      }
    }
  }

  Chance chance_;
  bool latin1_ = false;
  int line_end_ = 0;
  int shape_ = 0;  // 0: deep, 1: wide, else mixed
  int ids_ = 0;
  int elements_ = 0;
  std::vector<Binding> scope_;
  std::string out_;
};

}  // namespace

std::string RandomDocument(uint64_t seed) { return Writer(seed).Write(); }

}  // namespace sceau::test
