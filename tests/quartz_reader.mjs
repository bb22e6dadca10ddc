// Reads a folder of Markdown with Quartz's own plugins, in Quartz's order, and says what became of each page in
// each way to resolve links, as JSON.
import { readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { CrawlLinks } from "@quartz-community/crawl-links"
import { ObsidianFlavoredMarkdown } from "@quartz-community/obsidian-flavored-markdown"
import * as yaml from "js-yaml"
import rehypeStringify from "rehype-stringify"
import remarkGfm from "remark-gfm"
import remarkMath from "remark-math"
import remarkParse from "remark-parse"
import remarkRehype from "remark-rehype"
import { unified } from "unified"
import { VFile } from "vfile"

const [folder, ...strategies] = process.argv.slice(2)
const files = readdirSync(folder, { recursive: true })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => !name.startsWith(".") && /\.\w+$/.test(name))
const context = { allSlugs: files.map((name) => name.replace(/\.md$/, "")), argv: {}, cfg: { configuration: {} } }
const transformersOf = (strategy) => [
  ObsidianFlavoredMarkdown(),
  { markdownPlugins: () => [remarkGfm] },
  CrawlLinks({ markdownLinkResolution: strategy }),
  { markdownPlugins: () => [remarkMath] },
]

async function pagesOf(strategy) {
  const transformers = transformersOf(strategy)
  const steps = (kind) => transformers.flatMap((one) => one[kind]?.(context) ?? [])
  const pages = {}
  for (const name of files.filter((file) => file.endsWith(".md"))) {
    const [, head, body] = /^---\r?\n([^]*?\n)---\r?\n([^]*)$/.exec(readFileSync(join(folder, name), "utf8"))
    const frontmatter = yaml.load(head)
    const value = transformers.reduce((text, one) => one.textTransform?.(context, text) ?? text, body)
    const processor = unified()
      .use(remarkParse)
      .use(steps("markdownPlugins"))
      .use(remarkRehype, { allowDangerousHtml: true })
      .use(steps("htmlPlugins"))
      .use(rehypeStringify)
    const slug = name.replace(/\.md$/, "")
    const file = new VFile({ value, path: name, data: { slug, frontmatter } })
    const tree = await processor.run(processor.parse(file), file)
    pages[slug] = { front: frontmatter, page: processor.stringify(tree, file) }
  }
  return pages
}

const read = {}
for (const strategy of strategies) read[strategy] = await pagesOf(strategy)
console.log(JSON.stringify(read))
