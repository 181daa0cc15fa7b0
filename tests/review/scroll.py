"""A large folder: how long the browser's main thread is held up."""

import random
import time

import pictures
from server import Review

# Longer ones are felt; the standard counts tasks from 50 ms on.
LIMIT_MS = 100
OBSERVE = """window.tasks = []; new PerformanceObserver((list) => {
  for (const one of list.getEntries()) tasks.push(Math.round(one.duration));
}).observe({ type: "longtask", buffered: true });"""
# Time between frames while scrolling.
FRAMES = """window.frames_ = []; { let last = performance.now();
  const next = (now) => { frames_.push(now - last); last = now; requestAnimationFrame(next); }; requestAnimationFrame(next); } 0"""


def tasks(page, what, limit):
    time.sleep(0.3)
    found = page.run("tasks.splice(0)")
    print(f"  {what}: {len(found)} tasks of 50 ms and more, the longest {max(found, default=0)} ms")
    assert max(found, default=0) <= limit, found


def check(browser, epic, work, count, shots):
    folder = work / "many"
    pictures.many(browser.page, folder, count)
    page = browser.new_page()
    page.call("Page.addScriptToEvaluateOnNewDocument", source=OBSERVE)
    begun = time.monotonic()
    with Review(epic, folder) as review:
        page.open(review.url)
        page.wait(f"document.querySelector('#position').textContent === '1 of {count:,}'", what=f"{count} files")
        page.wait("document.querySelectorAll('.cell img[src]').length >= 12", what="thumbnails")
        print(f"{count:,} pictures: shown {time.monotonic() - begun:.1f} s after the start of the program")
        tasks(page, "loading", LIMIT_MS)
        page.run(FRAMES)
        for _ in range(60):
            page.wheel(700, 500, 1500)
            time.sleep(0.02)
        tasks(page, "scrolling by wheel", LIMIT_MS)
        chance = random.Random(5)
        for _ in range(40):
            page.run(f"document.querySelector('#grid').scrollTop = {chance.random()} * document.querySelector('#canvas').offsetHeight")
            time.sleep(0.04)
        tasks(page, "jumping", LIMIT_MS)
        for key in ["PageDown"] * 30 + ["ArrowDown"] * 30 + ["End", "Home", "End"]:
            page.key(key)
        tasks(page, "moving by keys", LIMIT_MS)
        frames = sorted(page.run("frames_"))
        print(f"  frames: {len(frames)}, half within {frames[len(frames) // 2]:.0f} ms, 99 % within {frames[int(len(frames) * 0.99)]:.0f} ms")
        page.wait("document.querySelector('.cell.current img[src]')", what="the last thumbnail")
        assert page.text("#position").startswith(f"{count:,} of"), page.text("#position")
        page.choose("#sort", 0)
        page.wait("document.querySelector('#plotted').textContent === 'bytes'", what="sorted")
        page.run("document.querySelector('#search').value = '777'; document.querySelector('#search').dispatchEvent(new Event('input'))")
        page.wait("document.querySelector('#position').textContent.includes('(of')", what="filtered")
        tasks(page, "sorting and filtering", LIMIT_MS)
        page.key("Home")
        page.run("document.querySelector('#search').value = ''; document.querySelector('#search').dispatchEvent(new Event('input'))")
        page.wait("!document.querySelector('#position').textContent.includes('(of')")
        page.run("document.querySelector('#grid').focus()")
        page.call("Input.dispatchKeyEvent", type="keyDown", key="a", modifiers=2, windowsVirtualKeyCode=65)
        page.key(" ")
        page.wait(f"document.querySelector('[data-view=pending] .count').textContent === '{count:,}'", what="all marked")
        tasks(page, "selecting and marking all", LIMIT_MS)
        if shots:
            (shots / "many.png").write_bytes(page.picture())
        assert not page.complaints, page.complaints
        assert review.end() == 0
    page.close()
