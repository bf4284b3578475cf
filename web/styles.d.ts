/** Style sheets are imported for their effect: Vite writes them to files of their own. */
declare module '*.css'
