#include "contents/program/page_text.h"

#include <new>
#include <qpdf/Pipeline.hh>
#include <qpdf/Pl_QPDFTokenizer.hh>
#include <qpdf/QPDFPageObjectHelper.hh>

#include "contents/program/pdf.h"

namespace sceau::contents {
namespace {

using Token = QPDFTokenizer::Token;

constexpr std::string_view kTextOperators[] = {"Tj", "TJ", "'", "\""};
constexpr std::string_view kPathOperators[] = {"f", "F",  "f*", "B", "B*",
                                               "b", "b*", "S",  "s", "sh"};

template <size_t N>
bool IsOneOf(const std::string_view (&list)[N], std::string_view word) {
  for (const std::string_view it : list) {
    if (it == word) return true;
  }
  return false;
}

// Reads operators with their last operands.
class Operators final : public QPDFObjectHandle::TokenFilter {
 public:
  void handleToken(const Token& token) override {
    switch (token.getType()) {
      case QPDFTokenizer::tt_string:
        string_ |= !token.getValue().empty();
        return;
      case QPDFTokenizer::tt_name:
        name_ = token.getValue();
        return;
      case QPDFTokenizer::tt_inline_image:
        painting.paint = true;
        return;
      case QPDFTokenizer::tt_word:
        Take(token.getValue());
        return;
      default:
        return;
    }
  }

  Painting painting;
  std::map<std::string, bool> uses;  // names of XObjects

 private:
  void Take(std::string_view word) {
    if (word == "Do") uses[name_] = true;
    painting.text |= string_ && IsOneOf(kTextOperators, word);
    painting.paint |= IsOneOf(kPathOperators, word);
    string_ = false;
    name_.clear();
  }
  bool string_ = false;
  std::string name_;
};

// Passes on no more than is left. libqpdf turns what is thrown here into a warning, so it is kept.
class Limiter final : public Pipeline {
 public:
  Limiter(Pipeline* to, size_t& used) : Pipeline("limit", to), used_(used) {}
  void write(const unsigned char* data, size_t size) override {
    used_ += size;
    if (used_ > kMaxDecoded) throw std::bad_alloc();
    getNext()->write(data, size);
  }
  void finish() override { getNext()->finish(); }
  bool exceeded() const { return used_ > kMaxDecoded; }

 private:
  size_t& used_;
};

// Reads what `pipe` gives to the pipeline it is called with.
template <typename Pipe>
Operators Read(size_t& decoded, Pipe pipe) {
  Operators operators;
  Pl_QPDFTokenizer tokens("content", &operators);
  Limiter limiter(&tokens, decoded);
  try {
    pipe(&limiter);
  } catch (const std::exception&) {
    operators.painting.broken = true;
  }
  if (limiter.exceeded()) throw std::bad_alloc();
  return operators;
}

}  // namespace

Painting PageTexts::Of(QPDFObjectHandle page) {
  QPDFPageObjectHelper helper(page);
  Operators operators = Read(decoded_, [&](Pipeline* to) { helper.pipeContents(to); });
  operators.painting |= OfUses(operators.uses, helper.getAttribute("/Resources", false), 1);
  return operators.painting;
}

Painting PageTexts::OfUses(const std::map<std::string, bool>& names, QPDFObjectHandle resources,
                           int depth) {
  Painting all;
  if (depth > kMaxDepth || !resources.isDictionary()) return all;
  QPDFObjectHandle objects = resources.getKey("/XObject");
  if (!objects.isDictionary()) return all;
  for (const auto& [name, used] : names) all |= OfXObject(objects.getKey(name), depth);
  return all;
}

Painting PageTexts::OfXObject(QPDFObjectHandle object, int depth) {
  if (!object.isStream()) return {};
  QPDFObjectHandle dictionary = object.getDict();
  if (dictionary.getKey("/Subtype").isNameAndEquals("/Image")) return {false, true};
  if (!dictionary.getKey("/Subtype").isNameAndEquals("/Form")) return {};
  // Put there at once, so that a form in itself ends.
  const auto [found, fresh] = forms_.try_emplace(object.getObjGen());
  if (!fresh) return found->second;
  Operators operators = Read(
      decoded_, [&](Pipeline* to) { object.pipeStreamData(to, 0, qpdf_dl_specialized, true); });
  operators.painting |= OfUses(operators.uses, dictionary.getKey("/Resources"), depth + 1);
  forms_[object.getObjGen()] = operators.painting;
  return operators.painting;
}

}  // namespace sceau::contents
